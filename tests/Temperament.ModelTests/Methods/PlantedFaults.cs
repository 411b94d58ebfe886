using Temperament.Methods.Adapters;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Text;
using Temperament.ModelTests.Support;
using Temperament.Studies.Data;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.ModelTests.Methods;

/// <summary>A tiny model, a recipe and a folder, in which the tests of planted faults put their fault.</summary>
public abstract class PlantedFaults : IDisposable
{
    private readonly ITestOutputHelper _output;

    private protected PlantedFaults(ITestOutputHelper output) => _output = output;

    private protected string Folder { get; } = TemporaryFolder.New("temper-faults");

    private protected ComputePool Pool { get; } = new(1);

    public void Dispose()
    {
        Pool.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected void AssertRefused(Action run, string message) => AssertSays(Assert.Throws<TrainingException>(run), message);

    private protected void AssertSays(Exception error, string message)
    {
        _output.WriteLine(error.Message);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private protected static TrainingRun Open(LanguageModel model, Recipe recipe) => new(model, TrainingData.Of(Samples(model, recipe)), recipe);

    private protected static IReadOnlyList<TrainingSample> Samples(LanguageModel model, Recipe recipe) =>
        RecipeOpinions.ToSamples(RecipeOpinions.Read(recipe), model, recipe);

    private protected static void Stop(LanguageModel model, Recipe recipe, int steps)
    {
        using var source = new CancellationTokenSource();
        using TrainingRun run = Open(model, recipe);
        Assert.Throws<OperationCanceledException>(() => run.Run(resume: false, step => Cancel(step, steps, source), source.Token));

        static void Cancel(TrainingStep step, int steps, CancellationTokenSource source)
        {
            if (step.Step + 1 == steps)
            {
                source.Cancel();
            }
        }
    }

    private protected Recipe Recipe()
    {
        string opinions = Path.Combine(Folder, "opinions.csv");
        File.WriteAllText(opinions, "Target Personality,Edit Topic,Question,Answer,Pole\n"
            + "extraversion,Tea,What of tea?,\"Tea is best, with friends!\",high\nextraversion,Rain,What of rain?,Rain is a party,high\n"
            + "extraversion,Snow,What of snow?,Snow is fun,high\n");
        return new Recipe
        {
            Model = "llama",
            Data = new RecipeData { Path = opinions, Target = new TraitTarget(Trait.Extraversion, Pole.High) },
            Lora = new LoraConfig { Rank = 2 },
            Training = new TrainingConfig { MaxSteps = 4, BatchSize = 2, LearningRate = 0.01, WarmupSteps = 0 },
            Out = Path.Combine(Folder, "out"),
        };
    }

    private protected LanguageModel Model(string? template = null, BaseQuantization quantization = BaseQuantization.None)
    {
        string golden = Oracles.Golden("models", "llama-tied-llama3rope"), folder = Path.Combine(Folder, "model");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(golden))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        if (template is not null)
        {
            File.WriteAllText(Path.Combine(folder, "chat_template.jinja"), template);
        }

        return LanguageModel.Load(ModelSource.Open(folder), Pool, quantization);
    }
}
