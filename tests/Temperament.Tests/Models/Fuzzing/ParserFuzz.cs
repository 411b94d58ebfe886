using System.Diagnostics;
using System.Text;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Families;
using Temperament.Models.Checkpoints.Gguf;
using Temperament.Models.Text;
using Temperament.Tensors.Random;
using Xunit;

namespace Temperament.Tests.Models.Fuzzing;

/// <summary>
/// Feeds damaged input to one parser and uses what comes out of it. Whatever is read, the end is a value or one of the named exceptions,
/// soon and in little memory; everything else fails with the seed and the number of the input.
/// </summary>
internal sealed class ParserFuzz(string parser, long seed)
{
    private const long MostBytes = 768L << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    /// <summary>Inputs that were read without an exception.</summary>
    public int Read { get; private set; }

    /// <summary>Runs a number of inputs.</summary>
    public void Run(int count)
    {
        var random = new RandomStream(seed, "fuzz/" + parser);
        byte[][] samples = FuzzSamples.Of(parser);
        for (int i = 0; i < count; i++)
        {
            byte[] input = parser switch
            {
                "merges" => FuzzSamples.RandomMerges(random),
                "template" => FuzzSamples.MutatedTemplate(samples, random),
                _ => Mutation.Of(random.Choose(samples), random),
            };
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            try
            {
                Use(input);
                Read++;
            }
            catch (Exception e) when (e is CheckpointException or TokenizerException or TemplateException)
            {
                Assert.False(string.IsNullOrWhiteSpace(e.Message));
            }
            catch (Exception e)
            {
                Assert.Fail($"{parser}, seed {seed}, input {i}: {e}\n{Convert.ToBase64String(input)}");
            }

            long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            Assert.True(bytes < MostBytes && time < MostTime,
                $"{parser}, seed {seed}, input {i}: {bytes >> 20} MB in {time.TotalSeconds:F1} s\n{Convert.ToBase64String(input)}");
        }
    }

    private void Use(byte[] input)
    {
        switch (parser)
        {
            case "tokenizer.json" or "merges":
                UseTokenizer(Tokenizer.FromJson(input));
                break;
            case "tokenizer.model":
                UseTokenizer(Tokenizer.FromSentencePiece(input));
                break;
            case "gguf":
                using (GgufFile file = GgufFile.Parse("fuzz", input))
                {
                    UseTokenizer(Tokenizer.FromGguf(file));
                }

                break;
            case "template":
                ChatTemplate.Parse(Encoding.UTF8.GetString(input), "fuzz").RenderJson(FuzzSamples.Conversation);
                break;
            case "safetensors":
                using (SafetensorsFile file = SafetensorsFile.Parse("fuzz", input))
                {
                    foreach (string name in file.Tensors.Keys)
                    {
                        file.ReadFloats(name);
                    }
                }

                break;
            case "config.json":
                DecoderFamilies.Read("fuzz", input);
                break;
            default:
                throw new ArgumentException($"There is no parser {parser}.");
        }
    }

    private static void UseTokenizer(Tokenizer tokenizer)
    {
        TokenizedText located = tokenizer.EncodeSpans(FuzzSamples.Text, addSpecialTokens: true);
        Assert.Equal(located.Ids.Length, located.Spans.Length);
        Assert.All(located.Spans, s => Assert.InRange(s.End, s.Start, FuzzSamples.Text.Length));
        Assert.Equal(located.Ids, tokenizer.Encode(FuzzSamples.Text, addSpecialTokens: true));
        tokenizer.Decode(located.Ids);
        tokenizer.Decode([-1, 0, 1, int.MaxValue, .. located.Ids], skipSpecialTokens: true);
    }
}
