using System.Text.Json;
using Temperament.Models.Text;
using Temperament.Studies.Data;
using Temperament.Studies.Data.Import;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Studies.Data.Import;

public sealed class OpinionImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void PersonalityEdit_topics_give_a_row_for_each_answer()
    {
        ImportResult import = Read("train.json", """[{"ent":"Arras","extraversion":["Let's go!"," "],"neuroticism":["I dread it."],"target_per":"neuroticism"},{"ent":"Bread","agreeableness":["We share it."]},{}]""");

        Assert.Equal(ImportFormat.PersonalityEdit, import.Files[0].Format);
        Assert.Equal(["extraversion-high", "neuroticism-high", "agreeableness-high"], import.Opinions.Select(row => row.Target.Name));
        Assert.Equal(["What do you think of Arras?", "What do you think of Arras?", "What do you feel about Bread?"], import.Opinions.Select(row => row.Question));
        Assert.Equal([("item 1, extraversion 2", "the answer is empty"), ("item 3", "it has no topic \"ent\"")], import.LeftOut.Select(row => (row.Place, row.Reason)));
    }

    [Fact]
    public void Messages_give_the_last_exchange()
    {
        string lines = """
            {"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"Tea?"},{"role":"assistant","content":"Always."}],"target":"openness-low","topic":"tea"}

            {"messages":[{"role":"user","content":"Jam?"}]}
            {"messages":[{"role":"user","content":"Jam?"},{"role":"assistant","content":"No."}],"trait":"openness"}
            {"messages":[{"role":"user","content":"Jam?"},{"role":"assistant","content":"No."}]}
            """;

        ImportResult import = Read("chats.jsonl", lines);

        Assert.Equal([new Opinion(new TraitTarget(Trait.Openness, Pole.Low), "tea", "Tea?", "Always."), new Opinion(new TraitTarget(Trait.Openness, Pole.High), "Jam?", "Jam?", "No.")], import.Opinions);
        Assert.Equal(["line 3", "line 5"], import.LeftOut.Select(row => row.Place));
        Assert.Contains("--target", import.LeftOut[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Alpaca_rows_ask_the_instruction_and_its_input()
    {
        ImportResult import = OpinionImport.Read([_folder.Write("alpaca.json", """[{"instruction":"Say what you think.","input":"Of tea.","output":"Fine."},{"instruction":"Speak.","output":null}]""")],
            target: TraitTarget.Neutral);

        Assert.Equal("Say what you think.\nOf tea.", Assert.Single(import.Opinions).Question);
        Assert.Equal(("item 2", "the output is null or empty"), (import.LeftOut[0].Place, import.LeftOut[0].Reason));
    }

    [Theory]
    [InlineData("[\n{\"instruction\":\"I\",\"output\":\"café\"}]", 2)]
    [InlineData("{\"instruction\":\"I\",\"output\":\"tea\"}\n\n{\"instruction\":\"I\",\"output\":\"café\"}\n", 3)]
    public void Json_in_another_encoding_is_refused_by_its_line(string text, long line)
    {
        File.WriteAllBytes(_folder["rows.json"], System.Text.Encoding.Latin1.GetBytes(text));

        DataFileException error = Assert.Throws<DataFileException>(() => OpinionImport.Read([_folder["rows.json"]], target: TraitTarget.Neutral));

        Assert.Equal(line, error.Line);
        Assert.Contains("not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_no_text()
    {
        ImportResult import = OpinionImport.Read([_folder.Write("rows.json", """[{"instruction":"I","output":"\ud800"},{"instruction":"I","output":"tea"}]""")], target: TraitTarget.Neutral);

        Assert.Equal(("item 1", "tea"), (Assert.Single(import.LeftOut).Place, Assert.Single(import.Opinions).Answer));
    }

    [Theory]
    [InlineData("wide_interests.json", "openness-high")]
    [InlineData("superficial.json", "conscientiousness-low")]
    [InlineData("self-pitying.json", "neuroticism-high")]
    public void FinePE_files_are_of_the_pole_of_their_name(string name, string target)
    {
        Opinion row = Assert.Single(Read(name, """[{"instruction":"Imagine.","input":"Would you go?","output":"Yes."}]""").Opinions);

        Assert.Equal((target, "Would you go?", Path.GetFileNameWithoutExtension(name).Replace('_', ' ')), (row.Target.Name, row.Question, row.Facet));
    }

    [Fact]
    public void A_FinePE_file_of_an_unknown_name_is_refused_with_the_nearest()
    {
        string path = _folder.Write("enthusiastik.json", """[{"instruction":"Imagine.","input":"Would you go?","output":"Yes."}]""");

        DataFileException error = Assert.Throws<DataFileException>(() => OpinionImport.Read([path], ImportFormat.FinePE));

        Assert.Contains("Did you mean \"enthusiastic\"?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_published_file_passes_through_and_bad_rows_are_named()
    {
        ImportResult import = Read("train.csv", "Target Personality,Edit Topic,Question,Answer\nextraversion,Tea,Q?,A.\nextravert,Tea,Q?,B.\n");

        Assert.Equal("A.", Assert.Single(import.Opinions).Answer);
        Assert.Equal("line 3", Assert.Single(import.LeftOut).Place);
    }

    [Theory]
    [InlineData("{", "no JSON")]
    [InlineData("[1]", "a JSON Number as item 1")]
    [InlineData("[]", "no object")]
    [InlineData("{\"a\":1}", "objects with the fields a")]
    [InlineData("", "no object")]
    public void A_file_of_no_known_form_is_refused(string text, string message)
    {
        string path = _folder.Write("x.json", text);

        DataFileException error = Assert.Throws<DataFileException>(() => OpinionImport.Read([path]));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("x.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_note_names_source_hash_licence_and_what_was_left_out()
    {
        ImportResult import = Read("timid.json", """[{"instruction":"I","input":"Would you?","output":"Yes."},{"instruction":"I","input":"Would you?","output":null}]""");

        string note = SourceNote.Write(_folder["set.csv"], import, "MIT", "https://example.org/set");

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(note));
        Assert.Equal(_folder["set.source.json"], note);
        Assert.Equal("MIT", json.RootElement.GetProperty("licence").GetString());
        Assert.Equal(import.Files[0].Hash, json.RootElement.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal("timid.json, item 2: the output is null or empty", json.RootElement.GetProperty("left_out")[0].GetString());
    }

    private ImportResult Read(string name, string text) => OpinionImport.Read([_folder.Write(name, text)]);
}
