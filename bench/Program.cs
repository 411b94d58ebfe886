using Temperament.Benchmarks.Kernels;
using Temperament.Benchmarks.Peers;
using Temperament.Benchmarks.Runs;
using Temperament.Benchmarks.Tokenizers;

namespace Temperament.Benchmarks;

/// <summary>How near temper's kernels come to the limits of the machine, and to other engines on the same cores.</summary>
internal static class Program
{
    private const string Usage = """
        usage: dotnet run --project bench -c Release -- VERB

          limits             what the machine can do at most: multiply-adds, reading and copying memory
          kernels [FILTER]   every kernel as a share of its limit, with its mark; FILTER is a part of "kernel shape"
          denormals          kernels on numbers below 2^-126 against ordinary ones
          peers [FILTER]     products beside OpenBLAS and PyTorch, where they are installed
          tokenizer [FILE]   text to tokens, on one thread: megabytes a second of each kind of vocabulary on the text of a file
          pool               starting a parallel job, busy and after a pause
          neighbours         two processes side by side against one: neither may take the processors from the other
          generate [FILTER]  reading a prompt, one answer, sixteen answers at once, at shapes of real models; SmolLM2 from its GGUF file;
                             sentences to embeddings; a checkpoint to NF4
          qlora [FILTER]     steps of training at shapes of real models, two of them beside PyTorch where it is installed; "7B", and "whole run",
                             300 short answers three times on SmolLM2, take two minutes each and run only if the filter says so
          study [whole]      the embedded study's main work, or all of it: time, and where it goes

        --threads N          threads; the physical cores if left out
        --rounds N           rounds of which the median is taken; 7 if left out
        --model FILE         generate, qlora: the GGUF file of SmolLM2, if it is not ../shared/models/smollm2-135m-instruct/*.gguf
        --llama-bench PATH   generate: llama.cpp's program, which measures the file of --llama-model beside our 1.1B shape
        --llama-model FILE   a GGUF file of 1.1B in Q4_0
        --save               writes the rows of a filtered run, or of a study, too into bench/results/<machine>/<date>.json
        """;

    private static int Main(string[] args)
    {
        if (!BenchOptions.TryRead(args, out BenchOptions? options, out string? error))
        {
            Console.Error.WriteLine($"{error}\n\n{Usage}");
            return 2;
        }

        switch (options.Verb)
        {
            case "limits":
                return LimitBench.Run(options);
            case "kernels":
                return KernelBench.Run(options);
            case "denormals":
                return DenormalBench.Run(options);
            case "peers":
                return PeerBench.Run(options);
            case "generate":
                return GenerationBench.Run(options);
            case "qlora":
                return TrainingBench.Run(options);
            case "study":
                return StudyBench.Run(options);
            case "tokenizer":
                return TokenizerBench.Run(options);
            case "neighbours":
                return NeighbourBench.Run(options);
            case "pool":
                return KernelBench.Run(options with { Filter = "pool" });
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }
}
