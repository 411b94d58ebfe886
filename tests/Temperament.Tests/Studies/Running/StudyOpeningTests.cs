using Temperament.Studies.Running;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Running;

public sealed class StudyOpeningTests
{
    [Fact]
    public void Results_go_to_a_folder_of_the_current_one_and_not_beside_the_study_file()
    {
        string folder = TemporaryFolder.New("temper");
        File.WriteAllText(Path.Combine(folder, "study.json"), """
            {
              "schemaVersion": 1, "name": "small", "question": "Does it open?", "models": [{ "name": "m", "model": "organism" }],
              "data": { "opinions": "organism", "questions": "organism" },
              "arms": [{ "methods": ["none"] }, { "methods": ["qlora"], "targets": ["extraversion-high"], "seeds": [1] }], "primary": { "method": "qlora", "target": "extraversion-high", "stopToken": "masked" }
            }
            """);

        OpenedStudy opened = StudyOpening.Open(folder, null, null, null);

        Assert.Equal(Path.GetFullPath("small-results"), opened.Results);
        Assert.Equal(folder, opened.Folder);
        Assert.Equal(Path.GetFullPath("emergence-results"), StudyOpening.Open(null, null, null, null).Results);
        Assert.Equal(Path.GetFullPath("elsewhere"), StudyOpening.Open(null, null, null, "elsewhere").Results);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("organism-twin")]
    [InlineData("owner/name")]
    public void A_model_is_named_as_everywhere(string model)
    {
        OpenedStudy opened = StudyOpening.Open(null, model, null, null);

        Assert.Equal(model, Assert.Single(opened.Spec.Models).Model);
        Assert.All(opened.Spec.Arms, arm => Assert.Equal([opened.Spec.Models[0].Name], arm.Models));
    }

    [Fact]
    public void A_model_that_is_a_folder_counts_from_the_current_one_and_not_from_the_study()
    {
        string folder = TemporaryFolder.New("temper");
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, folder);

        Assert.Equal(folder, StudyOpening.Open(null, relative, null, null).Spec.Models[0].Model);
        Directory.Delete(folder);
    }
}
