using System.Text.Json;
using Temperament.Models.Text;
using Xunit;

namespace Temperament.Tests.Models.Text.Templates;

/// <summary>Corners of the language in which jinja2 3.1.6 was asked for the answer.</summary>
public sealed class TemplateCornersTests
{
    private const string Context = """{"n": 5, "f": 2.5, "g": 1e20, "w": ["b", "A", "c"], "d": {"a": 1}, "q": null, "turns": [{"t": 2, "r": "x"}, {"t": 1, "r": "x"}]}""";

    [Theory]
    [InlineData("{{ [{'r': 'b'}, {'r': 'a'}, {'r': 'b'}]|groupby('r')|map(attribute='grouper')|list }}", "['a', 'b']")]
    [InlineData("{% for g in [{'r': 'b'}, {'r': 'a'}]|groupby('r') %}{{ g.grouper }}{{ g.list|length }}{{ g[0] }}{% endfor %}", "a1ab1b")]
    [InlineData("{{ 7|round(1) }} {{ true|round }} {{ n|round }} {{ f|round }} {{ 2.675|round(2) }} {{ 0.15|round(1) }}", "7 1 5 2.0 2.67 0.1")]
    [InlineData("{{ 5.5 % 0.1 }} {{ -7.5 % 2 }} {{ 7.5 // -2 }} {{ f // -1 }} {{ g % 3 }}", "0.0999999999999997 0.5 -4.0 -3.0 1.0")]
    [InlineData("{{ f is divisibleby(2) }} {{ 1e3 is even }} {{ f is odd }}", "False True False")]
    [InlineData("{{ g is lower }} {{ true is upper }} {{ missing is callable }}", "True False True")]
    [InlineData("{{ w|sort(attribute='t') }} {{ turns|sort(attribute='r,t')|map(attribute='t')|list }}", "['b', 'A', 'c'] [1, 2]")]
    [InlineData("{{ w|unique(attribute='t')|list }}", "['b']")]
    [InlineData("{{ w|truncate(5) }} {{ 'a long sentence'|truncate(8) }}", "['b', 'A', 'c'] a...")]
    [InlineData("{{ d|urlencode }} {{ [['a b', '/']]|urlencode }} {{ 'a b/c'|urlencode }}", "a=1 a+b=%2F a%20b/c")]
    [InlineData("{{ 'x' % w }}{{ 0[1:] }}{{ 'Ab Cd'.istitle() }} {{ 1e21|filesizeformat }}", "xTrue 1.0 ZB")]
    public void A_corner_gives_what_the_reference_gives(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ n[1:] }}")]
    [InlineData("{{ d[1:] }}")]
    [InlineData("{{ q[1:] }}")]
    [InlineData("{{ n|indent }}")]
    [InlineData("{{ n|truncate(5) }}")]
    [InlineData("{{ [1, 2]|urlencode }}")]
    [InlineData("{{ 10 ** 400.0 }}")]
    [InlineData("{{ (n is callable if 'x') }}")]
    public void What_the_reference_refuses_is_refused(string template) => Assert.Throws<TemplateException>(() => Render(template));

    private static string Render(string template)
    {
        using JsonDocument request = JsonDocument.Parse(Context);
        return ChatTemplate.Parse(template, "corner").RenderJson(request.RootElement).Text;
    }

    [Theory]
    [InlineData("{% set ns = namespace(l=[], m=[]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}")]
    [InlineData("{% set s = 'a' * 16000000 %}{% for i in range(100000) %}{{ s[5] }}{% endfor %}")]
    [InlineData("{% set s = 'a' * 16000000 %}{% for i in range(100000) %}{{ s is lower }}{% endfor %}")]
    [InlineData("{% set a = 'a' * 4000000 %}{% set b = 'b' * 4000000 %}{{ (a ~ b).find(a[2000000:] ~ 'c' ~ b[2000000:]) }}")]
    [InlineData("{% set a = 'a' * 4000000 %}{% set b = 'b' * 4000000 %}{{ (a[2000000:] ~ 'c' ~ b[2000000:]) in a ~ b }}")]
    public void Long_values_do_not_make_a_template_run_for_ever(string template) =>
        Assert.Contains("too often", Assert.Throws<TemplateException>(() => Render(template)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_long_text_is_split_at_once()
    {
        const string Template = "{% set x = 'a ' * 400000 %}{{ x.split()|length }} {{ x.rsplit(none, 3)|map('length')|list }} {{ x.split(' ', 1)[0] }} {{ x.rsplit(' ')|length }}";

        Assert.Equal("400000 [799993, 1, 1, 1] a 400001", Render(Template));
    }
}
