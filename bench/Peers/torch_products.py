# Times products in PyTorch for the benchmark that started this program: one request a line, one answer a line.
#   prepare DTYPE KIND M N K   makes operands and calls once        -> "ready"
#   time SECONDS               calls until so many seconds passed   -> seconds of one call
import sys, time, torch

threads = int(sys.argv[1])
torch.set_num_threads(threads)
print(torch.__version__, flush=True)
run = None


def prepare(dtype, kind, m, n, k):
    dtype = getattr(torch, dtype)
    x, w, dy = (torch.randn(1, columns).repeat(rows, 1).to(dtype) for rows, columns in ((m, k), (n, k), (m, n)))
    if kind == "Forward":
        y = torch.empty(m, n, dtype=dtype)
        return lambda: torch.mm(x, w.t(), out=y)
    if kind == "InputGradient":
        dx = torch.empty(m, k, dtype=dtype)
        return lambda: torch.mm(dy, w, out=dx)
    dw = torch.empty(n, k, dtype=dtype)
    return lambda: torch.mm(dy.t(), x, out=dw)


with torch.no_grad():
    for line in sys.stdin:
        words = line.split()
        if words[0] == "prepare":
            run = None
            run = prepare(words[1], words[2], *(int(word) for word in words[3:6]))
            run()
            print("ready", flush=True)
        else:
            least, calls, start = float(words[1]), 0, time.perf_counter()
            while True:
                run()
                calls += 1
                passed = time.perf_counter() - start
                if passed >= least:
                    break
            print(passed / calls, flush=True)
