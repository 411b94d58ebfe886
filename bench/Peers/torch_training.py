# Steps of training in PyTorch for the benchmark that started this program: one request a line, one answer a line.
#   prepare JSON   makes model, parameters and batch                     -> "ready"
#   step COUNT     trains so many steps                                  -> the loss of each, seconds of them all, most memory so far in bytes
import json, resource, sys, time, torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
print(torch.__version__, flush=True)


class Llama:
    def __init__(self, request):
        self.shape, self.scale = request["shape"], request["scale"]
        stored = None if request["weights"] is None else iter(torch.from_file(request["weights"], size=request["numbers"]).clone().split(
            [rows * columns for _, rows, columns in request["tensors"]]))
        self.weights = {}
        for name, rows, columns in request["tensors"]:
            self.weights[name] = torch.empty(rows, columns).normal_(0, 0.02) if stored is None else next(stored).view(rows, columns)
        trained = [w for name, w in self.weights.items() if ("lora_" in name) == request["adapter"]]
        for parameter in trained:
            parameter.requires_grad_(True)
        self.trained = trained
        self.optimizer = torch.optim.AdamW(trained, lr=request["rate"], weight_decay=0, foreach=True)
        tokens = torch.tensor(request["tokens"])
        self.tokens, self.targets = tokens, torch.cat([tokens[:, 1:], torch.full((len(tokens), 1), -100)], 1).flatten()
        length, size = tokens.shape[1], self.shape["headSize"]
        angles = torch.outer(torch.arange(length), self.shape["theta"] ** (-torch.arange(0, size, 2) / size))
        self.cos, self.sin = (part(angles).repeat(1, 2)[None, :, None] for part in (torch.cos, torch.sin))
        self.mask = torch.full((length, length), float("-inf")).triu(1)

    # x (rows, inputs); the branch is added in the product that makes it.
    def linear(self, x, name):
        y, a = x.mm(self.weights[name + ".weight"].t()), self.weights.get(name + ".lora_A")
        return y if a is None else torch.addmm(y, x.mm(a.t()), self.weights[name + ".lora_B"].t(), alpha=self.scale)

    def norm(self, x, name):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.shape["epsilon"]) * self.weights[name + ".weight"]

    def rotate(self, x):
        first, second = x.chunk(2, -1)
        return x * self.cos + torch.cat((-second, first), -1) * self.sin

    # Queries of a group stand under each other, so that keys and values are not repeated.
    def attention(self, x, name):
        sequences, length, heads = *self.tokens.shape, self.shape["keyValueHeads"]
        size, group = self.shape["headSize"], self.shape["heads"] // heads
        q, k, v = (self.linear(x, f"{name}.{part}_proj").view(sequences, length, -1, size) for part in "qkv")
        q = (self.rotate(q) * size ** -0.5).transpose(1, 2).reshape(sequences, heads, group * length, size)
        k, v = self.rotate(k).transpose(1, 2), v.transpose(1, 2)
        scores = q.matmul(k.transpose(2, 3)).view(sequences, heads, group, length, length) + self.mask
        mixed = F.softmax(scores, -1).view(sequences, heads, group * length, length).matmul(v)
        mixed = mixed.view(sequences, heads * group, length, size).transpose(1, 2).reshape(sequences * length, -1)
        return self.linear(mixed, name + ".o_proj")

    def loss(self):
        x = F.embedding(self.tokens.flatten(), self.weights["model.embed_tokens.weight"])
        for layer in range(self.shape["layers"]):
            name = f"model.layers.{layer}"
            x = x + self.attention(self.norm(x, name + ".input_layernorm"), name + ".self_attn")
            normed = self.norm(x, name + ".post_attention_layernorm")
            gate, up = (self.linear(normed, f"{name}.mlp.{part}_proj") for part in ("gate", "up"))
            x = x + self.linear(F.silu(gate) * up, name + ".mlp.down_proj")
        head = self.weights.get("lm_head.weight", self.weights["model.embed_tokens.weight"])
        return F.cross_entropy(self.norm(x, "model.norm").mm(head.t()), self.targets)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.trained, 1.0)
        self.optimizer.step()
        return loss.item()


model = None
for line in sys.stdin:
    verb, rest = line.split(" ", 1)
    if verb == "prepare":
        model = None
        model = Llama(json.loads(rest))
        print("ready", flush=True)
    else:
        start = time.perf_counter()
        losses = [model.step() for _ in range(int(rest))]
        print(*losses, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
