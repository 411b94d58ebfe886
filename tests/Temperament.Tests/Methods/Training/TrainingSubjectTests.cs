using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Checkpoints;
using Temperament.Models.Checkpoints.Writing;
using Temperament.Models.Documents;
using Temperament.Tensors.Threading;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class TrainingSubjectTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ComputePool _pool = new(1);

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void All_weights_of_a_base_in_four_bits_are_not_trained_even_if_they_were_widened()
    {
        RandomCheckpoint.Write(_folder["random"], "tiny", 7, StoredAs.Bf16, _pool);
        using (ModelSource source = ModelSource.Open(_folder["random"]))
        {
            QuantizedFolderWriter.Write(_folder["nf4"], source, false, StoredAs.Bf16, _pool);
        }

        Recipe recipe = RecipeReader.Read(
            DocumentReader.Parse("recipe.json", """{ "model": "./nf4", "batches": "b.jsonl", "train": "full", "out": "o" }"""u8.ToArray()), _folder["."]);
        using LanguageModel packed = LanguageModel.Load(ModelSource.Open(_folder["nf4"]), _pool, BaseQuantization.F32);
        using LanguageModel plain = LanguageModel.Load(ModelSource.Open(_folder["random"]), _pool, BaseQuantization.F32);

        string message = Assert.Throws<TrainingException>(() => TrainingSubject.Of(packed, recipe)).Message;
        Assert.Contains("is stored as Nf4; expected float32", message, StringComparison.Ordinal);
        using TrainingSubject whole = TrainingSubject.Of(plain, recipe);
        Assert.Null(whole.Adapter);
    }
}
