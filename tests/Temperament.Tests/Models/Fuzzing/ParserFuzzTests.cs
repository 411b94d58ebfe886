using System.Globalization;
using Xunit;

namespace Temperament.Tests.Models.Fuzzing;

/// <summary>
/// A small share of damaged inputs for each parser. TEMPER_FUZZ=1000000 in the environment asks for that many of each, TEMPER_FUZZ_SEED for
/// another seed: TEMPER_FUZZ=1000000 dotnet Temperament.Tests.dll --filter-class "*ParserFuzzTests" --show-live-output on
/// </summary>
public sealed class ParserFuzzTests(ITestOutputHelper output)
{
    private const int Share = 400;
    private const long Seed = 12;

    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer.model")]
    [InlineData("gguf")]
    [InlineData("template")]
    [InlineData("safetensors")]
    [InlineData("config.json")]
    [InlineData("merges")]
    public void Damaged_input_is_read_or_refused_by_name(string parser)
    {
        int count = (int)Setting("TEMPER_FUZZ", Share);
        long seed = Setting("TEMPER_FUZZ_SEED", Seed);
        var fuzz = new ParserFuzz(parser, seed);

        fuzz.Run(count);

        output.WriteLine($"{parser}: {count} inputs, {fuzz.Read} read, {count - fuzz.Read} refused by name, seed {seed}");
        Assert.True(fuzz.Read > 0, $"{parser}: no input of {count} could be read");
    }

    private static long Setting(string name, long otherwise) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out long value) ? value : otherwise;
}
