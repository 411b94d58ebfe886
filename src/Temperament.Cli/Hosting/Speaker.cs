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
    /// <param name="session">What earlier turns left; null for a prompt of its own.</param>
    public static GeneratedTokens Answer(
        LanguageModel model, int[] prompt, GenerationOptions options, Action<string>? write, CancellationToken cancellation, GenerationSession? session = null)
    {
        int room = model.Config.MaxPositions - prompt.Length;
        if (prompt.Length == 0 || room < 1)
        {
            throw new UsageException(prompt.Length == 0
                ? "the prompt is empty. Give some text."
                : $"the prompt has {prompt.Length} tokens; {model.Path} takes {model.Config.MaxPositions} with the answer. Shorten it.");
        }

        var stream = write is null ? null : new Stream(model, options.StopTexts, write);
        GeneratedTokens answer = (session ?? new GenerationSession(model.Network)).Generate(
            prompt, model.StopTokens, options with { MaxNewTokens = Math.Min(options.MaxNewTokens, room) }, stream, cancellation);
        stream?.Finish();
        return answer;
    }

    /// <summary>The text of an answer: without special tokens, without white space around it, and up to the stop text if one ended it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="options">How it was drawn.</param>
    public static string Text(LanguageModel model, GeneratedTokens answer, GenerationOptions options)
    {
        string text = model.Tokenizer.Decode(answer.Tokens, skipSpecialTokens: true);
        return (answer.StopText is null ? text : options.StopTexts!.Cut(text)).Trim();
    }

    private sealed class Stream(LanguageModel model, StopTexts? stops, Action<string> write) : IGenerationObserver
    {
        private readonly TextDecoder _decoder = model.Tokenizer.NewStream(continuesText: true);
        private string _unsettled = "";
        private bool _began;
        private bool _ended;

        public void Step(int prompt, int step, ReadOnlySpan<float> logits, int chosen)
        {
            if (!_ended && !model.StopTokens.Contains(chosen))
            {
                Write(_decoder.AppendClusters(chosen));
            }
        }

        public void Finish()
        {
            Write(_decoder.Flush());
            Show(_ended ? "" : _unsettled);
        }

        // What may yet become a stop text waits.
        private void Write(string piece)
        {
            if (stops is null)
            {
                Show(piece);
                return;
            }

            string text = _unsettled + piece, before = stops.Cut(text);
            _ended |= before.Length < text.Length;
            int waits = _ended ? 0 : stops.Unsettled(before);
            _unsettled = before[^waits..];
            Show(before[..^waits]);
        }

        private void Show(string piece)
        {
            string text = _began ? piece : piece.TrimStart();
            _began |= text.Length > 0;
            write(text);
        }
    }
}
