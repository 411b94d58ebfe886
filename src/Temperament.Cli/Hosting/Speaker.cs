using Temperament.Models;
using Temperament.Models.Generation;
using Temperament.Models.Text;

namespace Temperament.Cli.Hosting;

/// <summary>Lets a model answer, and writes the answer while it comes, in whole grapheme clusters: no emoji is ever torn.</summary>
internal static class Speaker
{
    /// <summary>Generates one answer.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Token ids.</param>
    /// <param name="options">How it is drawn.</param>
    /// <param name="write">Receives text as soon as it is certain, without white space before it; null for nobody.</param>
    /// <param name="cancellation">Ends it between two tokens.</param>
    public static GeneratedTokens Answer(
        LanguageModel model, int[] prompt, GenerationOptions options, Action<string>? write, CancellationToken cancellation)
    {
        int room = model.Config.MaxPositions - prompt.Length;
        if (prompt.Length == 0 || room < 1)
        {
            throw new UsageException(prompt.Length == 0
                ? "the prompt is empty. Give some text."
                : $"the prompt has {prompt.Length} tokens; {model.Path} takes {model.Config.MaxPositions} with the answer. Shorten it.");
        }

        var stream = write is null ? null : new Stream(model, write);
        IReadOnlyList<GeneratedTokens> answers = Generator.Generate(
            model.Network, [prompt], model.StopTokens, options with { MaxNewTokens = Math.Min(options.MaxNewTokens, room) }, stream,
            cancellation: cancellation);
        stream?.Finish();
        return answers[0];
    }

    private sealed class Stream(LanguageModel model, Action<string> write) : IGenerationObserver
    {
        private readonly TextDecoder _decoder = model.Tokenizer.NewStream(continuesText: true);
        private bool _began;

        public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen)
        {
            if (!model.StopTokens.Contains(chosen))
            {
                Write(_decoder.AppendClusters(chosen));
            }
        }

        public void Finish() => Write(_decoder.Flush());

        private void Write(string piece)
        {
            string text = _began ? piece : piece.TrimStart();
            _began |= text.Length > 0;
            write(text);
        }
    }
}
