using Temperament.Models.Text;
using Temperament.Models.Text.Normalizing;
using Temperament.Models.Text.Splitting;
using Xunit;

namespace Temperament.Tests.Models.Text;

/// <summary>How the names of GGUF files cut a text.</summary>
public sealed class GgufPreTokenizerTests
{
    [Theory]
    [InlineData("gpt-2", "x=12345, 'tis  ok", "x|=|12345|,| '|tis| | ok")]
    [InlineData("smollm", "x=12 345", "x|=|1|2| |3|4|5")]
    [InlineData("falcon", "x=12345, 'tis  ok", "x|=|123|45|,| |'|tis| | ok")]
    // Its class of marks runs from the colon to the tilde, and so over the letters of ASCII.
    [InlineData("deepseek-llm", "Ça va, 東京tower 42!\n", "Ç|a| va|,| |東京|tower| |4|2|!|\n")]
    [InlineData("deepseek-coder", "f(東京) = 42\r\n", "f|(|東京|)| = |4|2|\r|\n")]
    [InlineData("deepseek-v3", "f(x) = 12345 カナ", "f|(x|)| =| |123|45| |カナ")]
    public void A_name_cuts_as_its_models_learned(string name, string text, string pieces)
    {
        TextPiece[] cut = [TextPiece.Of(SourceText.Of(text, tracks: false), isFirst: true)];
        foreach (IPreTokenizer step in GgufPreTokenizer.Find(name)!.Steps())
        {
            var kept = new KeptPieces();
            foreach (TextPiece piece in cut)
            {
                step.Split(piece, kept);
            }

            cut = [.. kept.Pieces];
        }

        Assert.Equal(pieces, string.Join('|', cut.Select(piece => piece.Span.ToString())));
    }

    private sealed class KeptPieces : PieceSink
    {
        public List<TextPiece> Pieces { get; } = [];

        public override void Take(in TextPiece piece) => Pieces.Add(piece);
    }
}
