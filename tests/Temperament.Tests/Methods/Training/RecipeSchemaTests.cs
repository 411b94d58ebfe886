using System.Text;
using System.Text.Json;
using Temperament.Methods.Training;
using Temperament.Models.Documents;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Methods.Training;

public sealed class RecipeSchemaTests : IDisposable
{
    private readonly JsonDocument _schema = JsonDocument.Parse(Repository.Read("docs/recipe.schema.json"));

    public void Dispose() => _schema.Dispose();

    private JsonElement Root => _schema.RootElement.GetProperty("properties");

    [Fact]
    public void Schema_and_reader_know_the_same_fields()
    {
        foreach ((string section, IReadOnlyList<string> names) in RecipeFields.All)
        {
            Assert.Equal(names.Order(), Properties(section).Select(p => p.Name).Where(name => name != "$schema").Order());
        }
    }

    [Fact]
    public void Every_field_is_described_and_every_default_has_a_source()
    {
        foreach (JsonProperty field in RecipeFields.All.Keys.SelectMany(Properties))
        {
            Assert.True(field.Value.TryGetProperty("description", out JsonElement text) && text.GetString()!.Length > 20, $"{field.Name} is not described");
            if (field.Value.TryGetProperty("default", out JsonElement value) && value.ValueKind is JsonValueKind.Number)
            {
                Assert.True(text.GetString()!.Contains("Default:", StringComparison.Ordinal) || field.Name == "limit", $"{field.Name}: the default has no source");
            }
        }
    }

    [Fact]
    public void The_defaults_of_the_schema_are_those_of_the_reader()
    {
        string least = """{ "model": "organism", "data": { "path": "organism", "trait": "extraversion" }, "out": "o" }""";
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("model", "organism");
            json.WriteString("out", "o");
            WriteDefaults(json, "");
            foreach (string section in new[] { "data", "lora", "training", "evaluation" })
            {
                json.WriteStartObject(section);
                if (section == "data")
                {
                    json.WriteString("path", "organism");
                    json.WriteString("trait", "extraversion");
                }

                WriteDefaults(json, section);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        Recipe spelt = Read(Encoding.UTF8.GetString(stream.ToArray())), plain = Read(least);

        Assert.Equal(Fields(plain), Fields(spelt));
        Assert.Equal(plain.Training, spelt.Training);
        Assert.Equal(plain.Evaluation, spelt.Evaluation);
        Assert.Equal((plain.SaveEvery, plain.Data!.Limit, plain.Data.LongSamples), (spelt.SaveEvery, spelt.Data!.Limit, spelt.Data.LongSamples));
        Assert.Equal(plain.ChoosesCheckpointing, spelt.ChoosesCheckpointing);
    }

    private static Recipe Read(string json) => RecipeReader.Read(DocumentReader.Parse("recipe.json", Encoding.UTF8.GetBytes(json)), Path.GetTempPath());

    private static string Fields(Recipe recipe)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            RecipeJson.WriteFields(json, recipe);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private IEnumerable<JsonProperty> Properties(string section) =>
        (section.Length == 0 ? Root : Root.GetProperty(section).GetProperty("properties")).EnumerateObject();

    private void WriteDefaults(Utf8JsonWriter json, string section)
    {
        foreach (JsonProperty field in Properties(section))
        {
            if (field.Value.TryGetProperty("default", out JsonElement value))
            {
                json.WritePropertyName(field.Name);
                value.WriteTo(json);
            }
        }
    }
}
