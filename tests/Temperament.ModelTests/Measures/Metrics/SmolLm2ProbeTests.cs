using System.Text.Json;
using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.ModelTests.Measures.Judges;
using Temperament.Tensors.Memory;
using Temperament.Tensors.Threading;
using Xunit;

namespace Temperament.ModelTests.Measures.Metrics;

/// <summary>The measures on a real chat model, against numbers that torch gave for it.</summary>
public class SmolLm2ProbeTests
{
    private const string Folder = "models/smollm2-135m-instruct";

    [Fact]
    public void Emoji_tokens_perplexity_and_latent_probe_equal_the_reference()
    {
        string path = OracleFiles.Shared($"{Folder}/SmolLM2-135M-Instruct.Q4_1.gguf");
        using JsonDocument probe = JsonDocument.Parse(File.ReadAllText(OracleFiles.Shared($"{Folder}/probe.json")));
        using JsonDocument oracle = JsonDocument.Parse(File.ReadAllText(OracleFiles.Shared($"{Folder}/oracle.json")));
        List<string[]> opinions = TraitClassifierDataTests.Rows(File.ReadAllText(OracleFiles.Shared("data/opinion-small/opinions.csv")));
        using var pool = new ComputePool(2);
        using ModelSource source = ModelSource.Open(path);
        var network = new DecoderNetwork(
            source.Config, new DecoderWeights(source.Config, source.LoadWeight, name => WeightMatrix.F32(source.LoadWeight(name))), pool);

        EmojiTokens emoji = EmojiTokens.Of(source.Tokenizer);
        Assert.Equal(probe.RootElement.GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()), emoji.Ids);

        string paragraph = oracle.RootElement.GetProperty("paragraph").GetProperty("text").GetString()!;
        double perplexity = Perplexity.Of(network, [Perplexity.WholeText(source.Tokenizer.Encode(paragraph))]).Value.Value;
        Assert.Equal(oracle.RootElement.GetProperty("float64").GetProperty("perplexity").GetDouble(), perplexity, 1e-3);

        JsonElement[] rows = [.. probe.RootElement.GetProperty("rows").EnumerateArray().Where((_, i) => i % 15 == 0)];
        AnswerTokens[] answers =
        [
            .. rows.Select(row => opinions.Single(opinion => opinion[0] == row.GetProperty("personality").GetString()
                    && opinion[4] == row.GetProperty("pole").GetString() && opinion[1] == row.GetProperty("topic").GetString()))
                .Select(opinion => new AnswerTokens(source.Tokenizer.Encode(Prompt(opinion[2])), source.Tokenizer.Encode(opinion[3]))),
        ];
        IReadOnlyList<ProbeRow> found = LatentProbe.Run(network, answers, emoji, [source.Tokenizer.TokenId("<|im_end|>")!.Value]);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i].GetProperty("answerLogProb").GetDouble(), found[i].AnswerLogProbability.Value, 1e-3);
            Assert.Equal(rows[i].GetProperty("stopLogProb").GetDouble(), found[i].StopLogProbability, 1e-3);
            Assert.Equal(rows[i].GetProperty("emojiEndLog").GetDouble(), found[i].EmojiEndLog, 1e-3);
            Assert.Equal(rows[i].GetProperty("emojiInsideMeanLog").GetDouble(), found[i].EmojiInsideMeanLog.Value, 1e-3);
        }
    }

    private static string Prompt(string question) =>
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
        + $"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n";
}
