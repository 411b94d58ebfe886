using System.Text;
using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models;
using Temperament.Models.Documents;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Specification;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Specification;

public sealed class StudyReaderTests
{
    private const string Least = """
        {
          "schemaVersion": 1, "name": "least", "question": "Does it?",
          "models": [{ "name": "small", "model": "organism" }],
          "data": { "opinions": "organism", "questions": "organism" },
          "arms": [
            { "models": ["small"], "methods": ["none"] },
            { "models": ["small"], "methods": ["qlora"], "targets": ["openness-high", "neutral"] }
          ],
          "primary": { "target": "openness-high" }
        }
        """;

    [Fact]
    public void The_least_study_takes_the_defaults()
    {
        StudySpec study = Read(Least);

        Assert.Equal(("least", "Does it?", BaseQuantization.Nf4Double), (study.Name, study.Question, study.Quantization));
        Assert.Equal(new GenerationSpec(), study.Generation);
        Assert.Equal(new AdapterRecipe().Targets, study.Recipe.Targets);
        Assert.Equal(new AdapterRecipe() with { Targets = study.Recipe.Targets }, study.Recipe);
        Assert.Equal((300, 100, 100, 1L, DataPart.Test),
            (study.Data.TrainingRows, study.Data.QuestionCount, study.Data.HeldOutRows, study.Data.Seed, study.Data.Part));
        Assert.Equal(("qlora", StopTokenUse.Masked, 0.05), (study.Primary.Method, study.Primary.StopToken, study.Primary.SignificanceLevel));
        Assert.Null(study.Neurons);
        Assert.Null(study.Models[0].Caution);
        Assert.Empty(study.SelectionSeeds);
    }

    [Fact]
    public void Every_field_is_read()
    {
        StudySpec study = Read("""
            {
              "$schema": "x", "schemaVersion": 1, "name": "all-2", "question": "Q", // a comment
              "models": [
                { "name": "a", "model": "./folder", "description": "D", "caution": "C" },
                { "name": "b", "model": "organism-twin", "twin": true },
              ],
              "quantization": "none",
              "data": { "opinions": "o.csv", "questions": "q.csv", "trainingRows": 7, "questionCount": 8, "heldOutRows": 9, "seed": 10, "part": "validation" },
              "recipe": { "rank": 4, "alpha": 8, "dropout": 0.1, "targets": ["q_proj"], "learningRate": 2e-4, "schedule": "linear", "warmupRatio": 0.1,
                "epochs": 2, "maxSteps": 5, "batchSize": 3, "weightDecay": 0.01, "maxGradientNorm": 0.3 },
              "generation": { "temperature": 0, "topP": 0.5, "maxNewTokens": 12, "seed": 13 },
              "arms": [
                { "models": ["a", "b"], "methods": ["none", "ike"], "targets": ["neuroticism-low"] },
                { "models": ["a"], "methods": ["qlora"], "targets": ["neuroticism-low"], "stopTokens": ["trained", "masked"], "seeds": [5, 6] }
              ],
              "primary": { "method": "qlora", "target": "neuroticism-low", "stopToken": "trained", "significanceLevel": 0.01 },
              "neurons": { "targets": ["neuroticism-low"], "counts": [1, 2], "randomDraws": 4, "seed": 14 },
              "selection": "S", "selectionSeeds": [99], "limits": ["L"],
            }
            """);

        Assert.Equal(new StudyModel { Name = "a", Model = "./folder", Description = "D", Caution = "C" }, study.Models[0]);
        Assert.True(study.Models[1].IsTwin);
        Assert.Equal(BaseQuantization.None, study.Quantization);
        Assert.Equal(new StudyData
        {
            Opinions = "o.csv", Questions = "q.csv", TrainingRows = 7, QuestionCount = 8, HeldOutRows = 9, Seed = 10, Part = DataPart.Validation,
        }, study.Data);
        Assert.Equal(new AdapterRecipe
        {
            Rank = 4, Alpha = 8, Dropout = 0.1, Targets = study.Recipe.Targets, LearningRate = 2e-4, Schedule = ScheduleKind.Linear, WarmupRatio = 0.1,
            Epochs = 2, MaxSteps = 5, BatchSize = 3, WeightDecay = 0.01, MaxGradientNorm = 0.3,
        }, study.Recipe);
        Assert.Equal("q_proj", Assert.Single(study.Recipe.Targets));
        Assert.Equal(new GenerationSpec { Temperature = 0, TopP = 0.5, MaxNewTokens = 12, Seed = 13 }, study.Generation);
        Assert.Equal([StopTokenUse.Trained, StopTokenUse.Masked], study.Arms[1].StopTokens);
        Assert.Equal([5L, 6], study.Arms[1].Seeds);
        Assert.Equal(new PrimaryArm { Target = TraitTarget.Parse("neuroticism-low"), StopToken = StopTokenUse.Trained, SignificanceLevel = 0.01 }, study.Primary);
        Assert.Equal([1, 2], study.Neurons!.Counts);
        Assert.Equal((4, 14L), (study.Neurons.RandomDraws, study.Neurons.Seed));
        Assert.Equal(("S", 99L, "L"), (study.Selection, Assert.Single(study.SelectionSeeds), Assert.Single(study.Limits)));
    }

    [Fact]
    public void Further_recipes_and_ways_to_ask_take_the_rest_from_the_studys_own()
    {
        StudySpec study = Read(Least.Replace("\"arms\": [", """
            "recipe": { "maxSteps": 9, "rank": 4, "targets": ["q_proj"] }, "recipes": [{ "name": "far", "learningRate": 0.01 }],
            "generation": { "maxNewTokens": 8 }, "generations": [{ "name": "turn", "turn": "hi {question}!", "questions": 3 }], "sameTextQuestions": 2,
            "arms": [
              { "methods": ["qlora"], "targets": ["neutral"], "recipe": "far", "steps": [0, 3, 9], "generations": ["main", "turn"] },
            """, StringComparison.Ordinal));

        Assert.Equal(study.Recipe with { LearningRate = 0.01 }, study.RecipeOf("far"));
        Assert.Equal(study.Generation with { Turn = "hi {question}!", Questions = 3 }, study.GenerationOf("turn"));
        Assert.Equal("hi Why?!", study.GenerationOf("turn").Ask("Why?"));
        Assert.Equal(2, study.SameTextQuestions);
        Assert.Equal(
            [(3, null), (3, "turn"), (null, null), (null, "turn")],
            RunPlan.Of(study).Where(cell => cell.Recipe == "far").Select(cell => (cell.Step, cell.Generation)));
    }

    [Fact]
    public void A_hypothesis_takes_what_it_leaves_out_from_the_primary_effect()
    {
        StudySpec study = Read(Least.Replace("\"arms\": [", """
            "hypotheses": [{
              "name": "O-base", "claim": "It rises.", "family": "secondary", "measure": "expected-share", "expected": "below",
              "first": { "target": "openness-high" }, "second": { "method": "none" } }],
            "arms": [
            """, StringComparison.Ordinal));

        Hypothesis hypothesis = Assert.Single(study.Hypotheses);
        Assert.Equal((false, HypothesisMeasure.ExpectedShare, HypothesisDirection.Below), (hypothesis.IsPrimary, hypothesis.Measure, hypothesis.Expected));
        Assert.Equal(new HypothesisSide("small", "qlora", TraitTarget.Parse("openness-high"), StopTokenUse.Masked, null, null, null), hypothesis.First);
        Assert.Equal(new HypothesisSide("small", "none", TraitTarget.Neutral, null, null, null, null), hypothesis.Second);
    }

    [Theory]
    [InlineData("\"methods\": [\"qlora\"]", "\"methods\": [\"qlroa\"]", 7, "Did you mean \"qlora\"?")]
    [InlineData("[\"openness-high\", \"neutral\"]", "[\"opennes-high\", \"neutral\"]", 7, "Did you mean \"openness-high\"?")]
    [InlineData("[\"openness-high\", \"neutral\"]", "[3]", 7, "\"3\" is not a value")]
    [InlineData("\"models\": [\"small\"], \"methods\": [\"none\"]", "\"models\": [\"smal\"], \"methods\": [\"none\"]", 6, "Did you mean \"small\"?")]
    [InlineData("\"question\"", "\"qeustion\"", 2, "Did you mean \"question\"?")]
    [InlineData("\"primary\": { \"target\"", "\"primary\": { \"targte\"", 9, "Did you mean \"target\"?")]
    [InlineData("\"schemaVersion\": 1", "\"schemaVersion\": 2", 2, "schemaVersion is 2")]
    [InlineData("\"schemaVersion\": 1, ", "", 1, "schemaVersion is missing")]
    [InlineData("\"name\": \"least\"", "\"name\": \"../least\"", 2, "lower-case letters")]
    [InlineData("\"primary\": { \"target\": \"openness-high\" }", "\"neurons\": null", 1, "\"primary\" is missing")]
    [InlineData("\"primary\": { \"target\": \"openness-high\" }", "\"primary\": { }", 9, "has no \"target\"")]
    [InlineData("[\"openness-high\", \"neutral\"]", "[\"openness-high\", \"openness-high\"]", 7, "names openness-high twice")]
    [InlineData("[\"openness-high\", \"neutral\"]", "[\"openness-high\", \"all-poles\"]", 7, "names openness-high twice")]
    [InlineData("\"neutral\"] }", "\"neutral\"], \"recipe\": \"big\" }", 7, "\"big\" is not a value")]
    [InlineData("\"neutral\"] }", "\"neutral\"], \"steps\": [5] }", 5, "its recipe counts epochs")]
    [InlineData("\"arms\": [", "\"recipe\": { \"maxSteps\": 4 }, \"arms\": [ { \"methods\": [\"qlora\"], \"targets\": [\"neutral\"], \"steps\": [5] },", 5, "its recipe has 4")]
    [InlineData("\"arms\": [", "\"generations\": [{ \"name\": \"main\" }], \"arms\": [", 5, "the study's own")]
    [InlineData("\"arms\": [", "\"generation\": { \"turn\": \"hi\" }, \"arms\": [", 5, "{question} once")]
    [InlineData("\"arms\": [", "\"hypotheses\": [{ \"name\": \"h\", \"claim\": \"c\", \"measure\": \"log-mass\", \"first\": { \"target\": \"openness-low\" }, \"second\": { \"target\": \"neutral\" } }], \"arms\": [", 5, "no arm runs the first side of \"h\"")]
    [InlineData("\"arms\": [", "\"hypotheses\": [{ \"name\": \"h\", \"claim\": \"c\", \"measure\": \"same-text-log-mass\", \"first\": { \"target\": \"openness-high\" }, \"second\": { \"target\": \"neutral\" } }], \"arms\": [", 5, "Set \"sameTextQuestions\"")]
    [InlineData("\"primary\": { \"target\": \"openness-high\" }", "\"primary\": { \"target\": \"openness-low\" }", 9, "no arm runs qlora")]
    [InlineData("\"primary\": { \"target\": \"openness-high\" }", "\"primary\": { \"target\": \"neutral\" }", 9, "\"neutral\" is not a")]
    [InlineData("\"primary\": { \"target\": \"openness-high\" }", "\"primary\": { \"target\": \"openness-high\", \"stopToken\": \"trained\" }", 9, "no arm runs qlora")]
    [InlineData("\"methods\": [\"none\"]", "\"methods\": [\"prompt\"]", 6, "needs targets")]
    [InlineData("\"methods\": [\"none\"]", "\"methods\": [\"prompt\"], \"targets\": [\"openness-low\"]", 5, "without the base")]
    [InlineData("\"arms\": [", "\"selectionSeeds\": [4, 1], \"arms\": [", 5, "chosen with the seeds 1")]
    [InlineData("\"arms\": [", "\"neurons\": { \"targets\": [\"openness-low\"] }, \"arms\": [", 5, "no arm trains \"openness-low\"")]
    [InlineData("\"model\": \"organism\" }", "\"model\": \"organism\" }, { \"name\": \"small\", \"model\": \"x\" }", 3, "names two models")]
    [InlineData("\"neutral\"] }", "\"neutral\"], \"seeds\": [] }", 5, "give at least one")]
    [InlineData("\"neutral\"] }", "\"neutral\"], \"seeds\": [1.5] }", 7, "whole numbers")]
    [InlineData("\"data\": {", "\"generation\": { \"topP\": 2 }, \"data\": {", 4, "\"topP\" is a number from")]
    [InlineData("\"data\": {", "\"data\": { \"part\": \"train\", ", 4, "value of \"part\"")]
    [InlineData("\"models\": [{ \"name\": \"small\", \"model\": \"organism\" }]", "\"models\": []", 3, "at least one model")]
    [InlineData("\"primary\": {", "\"primary\" {", 9, "no JSON")]
    public void A_study_that_cannot_run_is_refused_at_its_place(string found, string replaced, int line, string named)
    {
        Assert.Contains(found, Least);

        DocumentException error = Assert.Throws<DocumentException>(() => Read(Least.Replace(found, replaced, StringComparison.Ordinal)));

        Assert.Contains(named, error.Message);
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"study.json, line {line}, column ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_schema_has_the_fields_that_the_reader_knows()
    {
        using JsonDocument schema = JsonDocument.Parse(Repository.Read("docs/study.schema.json"));
        JsonElement properties = schema.RootElement.GetProperty("properties");

        foreach (string name in new[] { "", "data", "recipe", "generation", "primary", "neurons" })
        {
            JsonElement fields = name.Length == 0 ? properties : properties.GetProperty(name).GetProperty("properties");
            string text = name.Length == 0 ? """{ "no-such-field": 1 }""" : Least.Replace("\"data\": {", $"\"{name}\": {{ \"no-such-field\": 1 }}, \"data\": {{", StringComparison.Ordinal);
            text = name is "primary" ? Least.Replace("\"target\":", "\"no-such-field\":", StringComparison.Ordinal) : text;
            text = name is "data" ? Least.Replace("\"questions\":", "\"no-such-field\":", StringComparison.Ordinal) : text;
            string message = Assert.Throws<DocumentException>(() => Read(text)).Message;
            string[] valid = message[(message.IndexOf("Valid: ", StringComparison.Ordinal) + 7)..].TrimEnd('.').Split(", ");

            Assert.Equal(fields.EnumerateObject().Select(field => field.Name).Where(field => field != "$schema").Order(), valid.Order());
        }
    }

    private static StudySpec Read(string text) => StudyReader.Read(DocumentReader.Parse("study.json", Encoding.UTF8.GetBytes(text)));
}
