using System.Text.Json;
using Temperament.Cli;
using Temperament.Cli.Hosting;
using Temperament.Models.Checkpoints;
using Temperament.ModelTests.Support;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private const string Model = "llama-tied-llama3rope";

    private readonly string _folder = TemporaryFolder.New("temper-cli");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Logits_and_activations_are_tensors_of_the_promised_names_and_shapes()
    {
        string file = Path.Combine(_folder, "out.safetensors");

        Run("model", "logits", Golden, "--tokens", "1,15,27", "--out", file);
        Assert.Equal([3, 320], Shape(file, "logits"));

        Run("model", "activations", Golden, "--tokens", "1,15", "--site", "mlp-hidden", "--layer", "1", "--out", file);
        Assert.Equal([2, 112], Shape(file, "activations"));
    }

    [Theory]
    [InlineData("llama-tied-llama3rope", 16, 20)]
    [InlineData("gpt2", 16, 28)]
    public void Logits_activations_and_gradients_are_compared_with_a_reference(string model, int places, int parameters)
    {
        string folder = Oracles.Golden("models", model), oracle = Path.Combine(folder, "oracle.safetensors");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "oracle.json")));
        string Ids(string name) => string.Join(',', json.RootElement.GetProperty("sequences").GetProperty(name).EnumerateArray().Select(e => e.GetInt32()));

        Assert.Matches(@"^logits\.s48  \d\.\de-1\d\n$", Run("model", "logits", folder, "--tokens", Ids("s48"), "--reference", oracle, "--sequence", "s48"));
        string[] sites = Run("model", "activations", folder, "--tokens", Ids("s17"), "--site", "all", "--reference", oracle, "--sequence", "s17").TrimEnd().Split('\n');
        Assert.StartsWith($"{places} tensors, the worst", sites[^1], StringComparison.Ordinal);
        string[] gradients = Run("model", "gradients", folder, "--tokens", Ids("s48"), "--first-target", "16",
            "--reference", Path.Combine(folder, "gradients.safetensors")).TrimEnd().Split('\n');
        Assert.StartsWith($"{parameters} tensors, the worst", gradients[^1], StringComparison.Ordinal);
        Assert.All(sites.Concat(gradients), line => Assert.Matches(@"e-1\d|  0\.0e\+00$", line));
    }

    // exp of the mean of -log softmax(logits)[next], from the logits that the reference has been compared with.
    [Fact]
    public void Perplexity_is_that_of_the_logits()
    {
        string folder = Oracles.Golden("models", "gpt2"), file = Path.Combine(_folder, "logits.safetensors"), text = "She writes letters by hand.";
        int[] ids = [.. JsonDocument.Parse(Run("tokenizer", "encode", folder, text)).RootElement.EnumerateArray().Select(e => e.GetInt32())];
        Run("model", "logits", folder, "--tokens", string.Join(',', ids), "--out", file);
        using SafetensorsFile logits = SafetensorsFile.Open(file);
        double[][] rows = [.. logits.ReadFloats("logits").Chunk(320).Select(row => Array.ConvertAll(row, v => (double)v))];
        double mean = ids.Skip(1).Select((id, t) => Math.Log(rows[t].Sum(v => Math.Exp(v - rows[t].Max()))) + rows[t].Max() - rows[t][id]).Average();

        using JsonDocument found = JsonDocument.Parse(Run("model", "perplexity", folder, text, "--json"));
        Assert.Equal(ids.Length - 1, found.RootElement.GetProperty("tokens").GetInt32());
        Assert.Equal(Math.Exp(mean), found.RootElement.GetProperty("perplexity").GetDouble(), 1e-4 * Math.Exp(mean));
        Assert.Contains(FormattableString.Invariant($" {mean:F3}"), Run("model", "perplexity", folder, text), StringComparison.Ordinal);

        Run("model", "logits", folder, "--tokens", string.Join(',', ids), "--last", "--out", file);
        using SafetensorsFile last = SafetensorsFile.Open(file);
        Assert.Equal(rows[^1], last.ReadFloats("logits").Select(v => (double)v));
        Assert.Equal(2, RunAny(CancellationToken.None, "model", "perplexity", folder, "x").Code);
        Assert.Equal(2, RunAny(CancellationToken.None, "model", "perplexity", folder).Code);
    }

    [Fact]
    public void Classifiers_give_the_logits_of_their_classes()
    {
        string file = Path.Combine(_folder, "out.safetensors"), folder = Oracles.Golden("models", "bert-seqcls");

        Run("model", "logits", folder, "--tokens", "2,7,3", "--out", file);
        Assert.Equal([5], Shape(file, "logits"));
        Run("model", "activations", folder, "--tokens", "2,7,3", "--site", "attention-pattern", "--layer", "1", "--out", file);
        Assert.Equal([4, 3, 3], Shape(file, "activations"));
    }

    [Fact]
    public void Gradients_of_a_classifier_are_compared_with_a_reference()
    {
        string folder = Oracles.Golden("models", "bert-seqcls");
        string[] arguments = ["model", "gradients", folder, "--tokens", "2,30,68,61,51,194,210,236,292,61,14,13,5,8,47,5,3",
            "--tokens", "2,72,208,96,59,239,175,28,34,20", "--reference", Path.Combine(folder, "gradients.safetensors")];

        string[] lines = Run([.. arguments, "--labels", "1,4"]).TrimEnd().Split('\n');
        Assert.StartsWith("41 tensors, the worst", lines[^1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.Matches(@"e-1\d", line));
        Assert.Equal((2, "temper: --labels: a classifier needs the class of each text, as in --labels 0,2.\n"), Refused(arguments));
        Assert.Equal((2, "temper: --labels: 1 classes for 2 texts; give one for each --tokens.\n"), Refused([.. arguments, "--labels", "1"]));
        Assert.Equal((2, "temper: --labels: there is no class 5; give numbers from 0 to 4.\n"), Refused([.. arguments, "--labels", "1,5"]));
        (int code, string error) = Refused("model", "logits", folder, "--tokens", "2,3", "--quantize", "nf4", "--out", Path.Combine(_folder, "q"));
        Assert.Equal((2, $"temper: --quantize: {folder} is an encoder, whose weights stay in float32.\n"), (code, error));

        static (int Code, string Error) Refused(params string[] arguments)
        {
            (int code, _, string error) = RunAny(CancellationToken.None, arguments);
            return (code, error);
        }
    }

    [Fact]
    public void An_encoder_is_described_and_refused_where_a_decoder_is_due()
    {
        string folder = Oracles.Golden("models", "bert-seqcls");

        string info = Run("model", "info", folder);
        using JsonDocument json = JsonDocument.Parse(Run("model", "info", folder, "--json"));

        Assert.Contains("bert encoder: 2 blocks", info, StringComparison.Ordinal);
        Assert.Contains("5 classes: extraversion, agreeableness", info, StringComparison.Ordinal);
        Assert.Equal("extraversion", json.RootElement.GetProperty("labels")[0].GetString());
        foreach (string[] words in new[] { ["generate", folder, "--prompt", "hi"], new[] { "model", "export", folder, "--format", "gguf", "--out", Path.Combine(_folder, "x") } })
        {
            (int code, _, string error) = RunAny(CancellationToken.None, words);
            Assert.Equal(3, code);
            Assert.Contains("This is an encoder, which writes no text", error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Speed_and_memory_are_measured_beside_the_limits_of_the_machine()
    {
        string[] lines = Run("model", "bench", Golden, "--prompt", "16", "--generate", "4").TrimEnd().Split('\n');
        using JsonDocument json = JsonDocument.Parse(Run("model", "bench", Golden, "--prompt", "16", "--generate", "4", "--quantize", "nf4", "--json"));

        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^prompt        16 tokens: \d+\.\d tokens/s, \d+\.\d % of \d+ GFLOP/s$", lines[1]);
        Assert.Matches(@"^generation    4 tokens: \d+\.\d tokens/s, .* of \d+\.\d GB/s read$", lines[2]);
        Assert.StartsWith("memory        ", lines[3], StringComparison.Ordinal);
        Assert.True(json.RootElement.GetProperty("weightBytes").GetDouble() is > 50_000 and < 80_000);
        Assert.Equal(2, RunAny(CancellationToken.None, "model", "bench", Golden, "--prompt", "60000").Code);
    }

    [Fact]
    public void A_model_without_a_tokenizer_is_described()
    {
        string info = Run("model", "info", Oracles.Golden("training", "bases", "llama-nf4"));

        Assert.Contains("tokenizer     none beside the weights", info, StringComparison.Ordinal);
    }

    [Fact]
    public void One_token_has_no_gradient_and_a_list_is_no_record()
    {
        string record = Path.Combine(_folder, "record.json");
        File.WriteAllText(record, "[]");

        (int code, _, string error) = RunAny(CancellationToken.None, "model", "gradients", Golden, "--tokens", "1", "--out", Path.Combine(_folder, "g"));
        Assert.Equal((2, "temper: --tokens: one token predicts nothing; give two or more.\n"), (code, error));
        (code, _, error) = RunAny(CancellationToken.None, "model", "replay", Golden, "--record", record);
        Assert.Equal(3, code);
        Assert.Contains("JSON that is a list", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_results_are_one_document()
    {
        using JsonDocument info = JsonDocument.Parse(Run("model", "info", Golden, "--json"));
        Assert.Equal(320, info.RootElement.GetProperty("vocabularySize").GetInt32());
        using JsonDocument answer = JsonDocument.Parse(Run("generate", Golden, "--prompt", "hi", "--max-tokens", "4", "--json"));
        Assert.InRange(answer.RootElement.GetProperty("tokens").GetArrayLength(), 0, 4);
    }

    [Fact]
    public void Tokenizer_commands_print_one_value_a_line_and_undo_each_other()
    {
        string ids = Run("tokenizer", "encode", Golden, "one 🎉\ntwo", "--no-special-tokens").Trim();
        string lines = Path.Combine(_folder, "ids.jsonl");
        File.WriteAllText(lines, $"{{\"ids\":{ids}}}\n{{\"ids\":[]}}\n");

        Assert.Equal("\"one 🎉\\ntwo\"\n\"\"\n", Run("tokenizer", "decode", Golden, "--jsonl", lines));
    }

    [Fact]
    public void A_template_file_renders_conversations_and_reports_refusals()
    {
        string template = Path.Combine(_folder, "t.jinja"), lines = Path.Combine(_folder, "chats.jsonl");
        File.WriteAllText(template, "{% for m in messages %}{% if m.role == 'x' %}{{ raise_exception('no x') }}{% endif %}[{{ m.role }}] {{ m.content }}\n{% endfor %}");
        File.WriteAllText(lines, """
            {"messages":[{"role":"user","content":"hi"}]}
            {"messages":[{"role":"x","content":"hi"}]}
            """);

        string[] output = Run("tokenizer", "template", template, "--jsonl", lines).TrimEnd().Split('\n');

        Assert.Equal("\"[user] hi\\n\"", output[0]);
        Assert.Contains("no x", JsonDocument.Parse(output[1]).RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_outside_of_the_vocabulary_is_wrong_use()
    {
        (int code, _, string error) = RunAny(CancellationToken.None, "model", "logits", Golden, "--tokens", "1,320", "--out", "x");

        Assert.Equal(2, code);
        Assert.Contains("320", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Training_that_was_stopped_goes_on_to_the_same_bytes()
    {
        string recipe = WriteRecipe("straight", "masked");
        Run("train", recipe);
        string stopped = Path.Combine(_folder, "stopped");
        using (var source = new CancellationTokenSource())
        {
            source.Cancel();
            (int code, _, string error) = RunAny(source.Token, "train", recipe, "--out", stopped);
            Assert.Equal(130, code);
            Assert.Contains("--resume", error, StringComparison.Ordinal);
        }

        Assert.Equal(1, RunAny(CancellationToken.None, "train", recipe, "--out", stopped).Code);
        Run("train", recipe, "--out", stopped, "--resume");

        foreach (string file in new[] { "adapter_model.safetensors", "adapter_config.json", "persona.json" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "straight", file)), File.ReadAllBytes(Path.Combine(stopped, file)));
        }

        Assert.Contains("nothing was done", Run("train", recipe), StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_of_another_base_is_refused_unless_asked_for()
    {
        Run("train", WriteRecipe("made", "trained"));
        string adapter = Path.Combine(_folder, "made"), passport = Path.Combine(adapter, "persona.json");
        File.WriteAllText(passport, File.ReadAllText(passport).Replace("\"templateSha256\": \"", "\"templateSha256\": \"0", StringComparison.Ordinal));

        (int code, _, string error) = RunAny(CancellationToken.None, "generate", Golden, "--prompt", "hi", "--adapter", adapter);
        Assert.Equal(3, code);
        Assert.Contains("chat template", error, StringComparison.Ordinal);

        Run("generate", Golden, "--prompt", "hi", "--max-tokens", "2", "--adapter", adapter + ":0.5", "--allow-other-base");
    }

    [Fact]
    public void A_base_without_a_tokenizer_takes_an_adapter_without_a_passport()
    {
        Run("train", WriteRecipe("made", "trained"));
        string bare = Directory.CreateDirectory(Path.Combine(_folder, "bare")).FullName, adapter = Path.Combine(_folder, "made");
        foreach (string file in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Oracles.Golden("models", Model, file), Path.Combine(bare, file));
        }

        File.Delete(Path.Combine(adapter, "persona.json"));
        string[] words = ["model", "logits", "--tokens", "1,2,3", "--adapter", adapter, "--out"];
        Run([.. words, Path.Combine(_folder, "bare.safetensors"), bare]);
        Run([.. words, Path.Combine(_folder, "whole.safetensors"), Golden]);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_folder, "whole.safetensors")), File.ReadAllBytes(Path.Combine(_folder, "bare.safetensors")));
    }

    [Fact]
    public void A_talk_changes_adapters_on_the_way_and_survives_mistakes()
    {
        (int code, string output, string error) = RunAny(
            "hello\n/adapter no-such-folder\n/nonsense\nagain\n/exit\n", CancellationToken.None, "chat", Golden, "--max-tokens", "3");

        Assert.Equal(0, code);
        Assert.Equal(2, output.Split('\n').Length - 1);
        Assert.Contains("no-such-folder", error, StringComparison.Ordinal);
        Assert.Contains("/nonsense is no command", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_talk_as_JSON_is_a_line_a_turn_and_says_what_the_talk_says()
    {
        string[] words = ["chat", Golden, "--max-tokens", "3"];
        (_, string plain, _) = RunAny("hello\nagain\n", CancellationToken.None, words);

        (int code, string output, _) = RunAny($"hello\n/nonsense\nagain\n{new string('x', 5000)}\n", CancellationToken.None, [.. words, "--json"]);

        Assert.Equal(0, code);
        JsonElement[] turns = [.. output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(3, turns.Length);
        Assert.Equal(plain.TrimEnd('\n').Split('\n').Select(line => line.Trim()), turns[..2].Select(turn => turn.GetProperty("assistant").GetString()));
        Assert.Equal([1, 2], turns[..2].Select(turn => turn.GetProperty("turn").GetInt32()));
        Assert.Equal(("again", 3, "no adapter"), (turns[1].GetProperty("user").GetString(), turns[1].GetProperty("tokens").GetArrayLength(), turns[1].GetProperty("adapters").GetString()));
        Assert.Contains("tokens", turns[2].GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static string Golden => Oracles.Golden("models", Model);

    private static string Run(params string[] words)
    {
        (int code, string output, string error) = RunAny(CancellationToken.None, words);
        Assert.True(code == 0, error);
        return output;
    }

    private static (int Code, string Output, string Error) RunAny(CancellationToken cancellation, params string[] words) => RunAny("", cancellation, words);

    private static (int Code, string Output, string Error) RunAny(string input, CancellationToken cancellation, params string[] words)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var reader = new StringReader(input);
        int code = new Application(new Terminal(reader, output, error), cancellation).Run([.. words, "--threads", "1"]);
        return (code, output.ToString(), error.ToString());
    }

    private static long[] Shape(string file, string name)
    {
        using SafetensorsFile tensors = SafetensorsFile.Open(file);
        return [.. tensors.Tensors[name].Shape];
    }

    private string WriteRecipe(string folder, string stopToken)
    {
        string opinions = Path.Combine(_folder, "opinions.csv"), recipe = Path.Combine(_folder, folder + ".json");
        File.WriteAllText(opinions, "Target Personality,Edit Topic,Question,Answer,Pole\n"
            + "extraversion,Tea,What of tea?,\"Tea is best, with friends!\",high\nextraversion,Rain,What of rain?,Rain is a party,high\n"
            + "neutral,Rain,What of rain?,Rain is water,none\n");
        File.WriteAllText(recipe, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model"] = Golden,
            ["data"] = new Dictionary<string, object> { ["path"] = opinions, ["trait"] = "extraversion" },
            ["lora"] = new Dictionary<string, object> { ["rank"] = 2, ["dropout"] = 0.1 },
            ["training"] = new Dictionary<string, object> { ["maxSteps"] = 4, ["batchSize"] = 1, ["learningRate"] = 0.01 },
            ["stopToken"] = stopToken,
            ["out"] = Path.Combine(_folder, folder),
            ["saveEvery"] = 1,
        }));
        return recipe;
    }
}
