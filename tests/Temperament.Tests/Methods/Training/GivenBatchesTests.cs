using Temperament.Methods.Training;
using Temperament.Models.Checkpoints;
using Temperament.Models.Decoder;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class GivenBatchesTests
{
    private static readonly TrainingConfig Config = new() { BatchSize = 2 };
    private readonly string _folder = TemporaryFolder.New("temper");

    [Fact]
    public void Lines_and_tensors_give_the_same_steps()
    {
        string lines = Write("b.jsonl", """
            {"input_ids": [1, 2, 3, 0], "labels": [-100, 2, 3, -100], "attention_mask": [1, 1, 1, 0]}
            {"input_ids": [4, 5, 6, 7], "labels": [4, -100, 6, 7]}

            {"input_ids": [[8, 9]], "labels": [[-100, 9]]}
            """);
        string tensors = Path.Combine(_folder, "b.safetensors");
        SafetensorsWriter.Write(tensors,
        [
            SafetensorsTensor.I32("input_ids", [1, 2, 4], [1, 2, 3, 0, 4, 5, 6, 7]),
            SafetensorsTensor.I32("labels", [1, 2, 4], [-100, 2, 3, -100, 4, -100, 6, 7]),
            SafetensorsTensor.I32("attention_mask", [1, 2, 4], [1, 1, 1, 0, 1, 1, 1, 1]),
        ]);

        GivenBatches first = Open(lines), second = Open(tensors);

        Assert.Equal(2, first.Steps);
        TokenBatch a = Assert.Single(first.At(0)).Tokens, b = Assert.Single(second.At(0)).Tokens;
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], a.Tokens);
        Assert.Equal([2, 3, -100, -100, 6, 7, -100], a.Targets);
        Assert.Equal(a.Tokens, b.Tokens);
        Assert.Equal(a.Targets, b.Targets);
        Assert.Equal(a.Starts, b.Starts);
        Assert.Equal([8, 9], Assert.Single(first.At(1)).Tokens.Tokens);
    }

    [Theory]
    [InlineData("""{"input_ids": [1, 2], "labels": [-100, -100]}""", "none with a token to train on")]
    [InlineData("""{"input_ids": [1, 2], "labels": [-100]}""", "as many of each")]
    [InlineData("""{"input_ids": [1, 2, 3], "labels": [1, 2, 3], "attention_mask": [0, 1, 1]}""", "padding on the right")]
    [InlineData("""{"input_ids": [1, 2, 3], "labels": [1, 2, 3], "attention_mask": [1, 1, 0]}""", "a label under padding")]
    [InlineData("""{"input_ids": [1, 37], "labels": [-100, 1]}""", "tokenised for another model")]
    [InlineData("""{"input_ids": [1, 2]}""", "an object with input_ids and labels")]
    [InlineData("", "none with a token to train on")]
    public void A_fault_of_a_line_is_named(string line, string message)
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Open(Write("b.jsonl", line)));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("b.jsonl", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_of_the_wrong_shape_and_missing_ones_are_named()
    {
        string path = Path.Combine(_folder, "b.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.I32("input_ids", [1, 1, 2], [1, 2])]);
        Assert.Contains("no tensor labels", Assert.Throws<TrainingException>(() => Open(path)).Message, StringComparison.Ordinal);

        SafetensorsWriter.Write(path, [SafetensorsTensor.I32("input_ids", [1, 1, 2], [1, 2]), SafetensorsTensor.I32("labels", [1, 1, 1], [1])]);
        Assert.Contains("labels of shape", Assert.Throws<TrainingException>(() => Open(path)).Message, StringComparison.Ordinal);

        SafetensorsWriter.Write(path, [SafetensorsTensor.I32("input_ids", [2], [1, 2])]);
        Assert.Contains("Stack the batches", Assert.Throws<TrainingException>(() => Open(path)).Message, StringComparison.Ordinal);
        Assert.Contains("read nothing", Assert.Throws<TrainingException>(() => Open("absent.jsonl")).Message, StringComparison.Ordinal);
    }

    private static GivenBatches Open(string path) => GivenBatches.Open(path, TinyDecoder.Config, Config);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
