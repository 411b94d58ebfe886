using System.Text;
using Temperament.Methods.Adapters;
using Xunit;

namespace Temperament.Tests.Methods.Adapters;

public sealed class AdapterConfigJsonTests
{
    private const string Path = "model.layers.0.self_attn.q_proj";

    [Theory]
    [InlineData("\"r\": \"8\"", "r = \"8\"; expected a whole number")]
    [InlineData("\"r\": 1e12", "r = 1e12; expected a whole number")]
    [InlineData("\"lora_alpha\": \"x\"", "lora_alpha = \"x\"; expected a number")]
    [InlineData("\"use_rslora\": \"true\"", "use_rslora = \"true\"; expected true or false")]
    [InlineData("\"rank_pattern\": [1]", "rank_pattern = [1]; expected an object from patterns to numbers")]
    [InlineData("\"rank_pattern\": {\"(\": 4}", "rank_pattern with the pattern ( (InsufficientClosingParentheses at sign")]
    [InlineData("\"layers_to_transform\": \"0\"", "layers_to_transform = \"0\"; expected a list of whole numbers")]
    [InlineData("\"target_modules\": \"(q_proj\"", "target_modules with the pattern (q_proj")]
    [InlineData("\"target_modules\": [1]", "target_modules = 1; expected texts in the list")]
    [InlineData("\"exclude_modules\": \"[\"", "exclude_modules with the pattern [")]
    [InlineData("\"peft_type\": 3", "peft_type = 3; expected a text")]
    [InlineData("\"init_lora_weights\": \"pissa_niter_4\"", "path_initial_model_for_weight_conversion")]
    [InlineData("\"init_lora_weights\": \"olora\"", "init_lora_weights = olora")]
    public void A_value_of_another_kind_is_refused_with_its_field(string field, string message)
    {
        AdapterException error = Assert.Throws<AdapterException>(() => Read(field));

        Assert.Contains("adapter_config.json: read ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"target_modules\": \"(?P<part>.*)\\\\.(q|v)_proj\"", true)]
    [InlineData("\"target_modules\": \".*(?<=self_attn\\\\.)q_proj\"", true)]
    [InlineData("\"target_modules\": \"q_proj\"", false)]
    [InlineData("\"exclude_modules\": \".*layers\\\\.0.*\"", false)]
    [InlineData("\"exclude_modules\": \"q_proj\"", true)]
    [InlineData("\"layers_to_transform\": 1", false)]
    [InlineData("\"init_lora_weights\": \"gaussian\"", true)]
    [InlineData("\"init_lora_weights\": \"Gaussian\"", true)]
    [InlineData("\"layers_to_transform\": []", true)]
    [InlineData("\"target_modules\": \"model\\\\.layers\\\\.[0-9]{,3}\\\\..*q_proj\"", true)]
    [InlineData("\"lora_dropout\": null", true)]
    public void Patterns_are_read_as_python_reads_them(string field, bool targets) => Assert.Equal(targets, Read(field).Targets(Path));

    [Fact]
    public void A_pattern_that_takes_for_ever_is_named()
    {
        LoraConfig config = Read("\"target_modules\": \"(.*)*(.*)*(.*)*x\"");

        Assert.Contains("is not done with", Assert.Throws<AdapterException>(() => config.Targets(Path)).Message, StringComparison.Ordinal);
    }

    private static LoraConfig Read(string field)
    {
        string name = field.Split(':')[0];
        string[] fields = [.. new[] { "\"peft_type\": \"LORA\"", "\"r\": 8", "\"lora_alpha\": 16", "\"target_modules\": [\"q_proj\"]" }.Where(each => !each.StartsWith(name, StringComparison.Ordinal)), field];
        return AdapterConfigJson.Read("adapter_config.json", Encoding.UTF8.GetBytes("{" + string.Join(", ", fields) + "}"), []);
    }
}
