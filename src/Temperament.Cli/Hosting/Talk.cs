using System.Globalization;
using System.Text;
using Temperament.Cli.Options;
using Temperament.Models;
using Temperament.Models.Generation;
using Temperament.Models.Text;

namespace Temperament.Cli.Hosting;

/// <summary>A talk with a model: its turns so far, and the adapters that the model wears.</summary>
internal sealed class Talk
{
    private readonly LanguageModel _model;
    private readonly bool _allowOtherBase;
    private readonly List<ChatMessage> _messages = [];
    private readonly GenerationSession _session;
    private IReadOnlyList<AdapterChoice> _adapters;

    public Talk(LanguageModel model, string? system, IReadOnlyList<AdapterChoice> adapters, bool allowOtherBase)
    {
        (_model, _adapters, _allowOtherBase, _session) = (model, adapters, allowOtherBase, new GenerationSession(model.Network));
        Begin(system);
    }

    /// <summary>The system turn; null for the template's own.</summary>
    public string? System { get; private set; }

    /// <summary>Number of answers so far.</summary>
    public int Turns => _messages.Count(message => message.Role == "assistant");

    /// <summary>The adapters in words.</summary>
    public string AdapterNames => _adapters.Count == 0
        ? "no adapter"
        : string.Join(" + ", _adapters.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.Folder} x {each.Scale}")));

    /// <summary>Forgets the turns.</summary>
    /// <param name="system">The system turn; null for the template's own.</param>
    public string Begin(string? system)
    {
        System = system;
        _messages.Clear();
        if (system is not null)
        {
            _messages.Add(new ChatMessage("system", system));
        }

        return "A new talk.";
    }

    /// <summary>Changes the adapters; on an error the model wears none.</summary>
    public string Wear(IReadOnlyList<AdapterChoice> adapters)
    {
        _adapters = [];
        _session.Forget();
        ModelOpening.PutOn(_model, adapters, _allowOtherBase);
        _adapters = adapters;
        return $"From here on: {AdapterNames}.";
    }

    /// <summary>Says something and writes the answer while it comes.</summary>
    /// <returns>The answer, and its tokens.</returns>
    public (string Text, GeneratedTokens Tokens) Answer(string text, GenerationOptions options, Action<string> write, CancellationToken cancellation)
    {
        _messages.Add(new ChatMessage("user", text));
        var answer = new StringBuilder();
        GeneratedTokens tokens;
        try
        {
            tokens = Speaker.Answer(_model, _model.RequireChat().EncodePrompt(_messages), options, piece =>
            {
                answer.Append(piece);
                write(piece);
            }, cancellation, _session);
        }
        catch
        {
            _messages.RemoveAt(_messages.Count - 1);
            throw;
        }

        _messages.Add(new ChatMessage("assistant", answer.ToString()));
        return (answer.ToString(), tokens);
    }
}
