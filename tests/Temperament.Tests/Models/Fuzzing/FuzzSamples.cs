using System.Text;
using System.Text.Json;
using Temperament.Models.Checkpoints;
using Temperament.Tensors.Random;
using Temperament.Tests.Support;

namespace Temperament.Tests.Models.Fuzzing;

/// <summary>Small right inputs of each parser, which are then damaged.</summary>
internal static class FuzzSamples
{
    /// <summary>A text with what is hard for tokenizers.</summary>
    public const string Text = " ab  ba\tabé 12 <s>▁👍🏽e\u0301\n\nＡ中";

    private const string Vocabulary = """{"<unk>":0,"<s>":1,"a":2,"b":3,"ab":4,"▁":5,"▁a":6,"▁ab":7,"<0x0A>":8,"Ġ":9,"Ġa":10,"##b":11,"1":12}""";

    private const string Added = """
        "added_tokens":[{"id":1,"content":"<s>","lstrip":true,"rstrip":true,"single_word":false,"normalized":false,"special":true},
        {"id":13,"content":"12","single_word":true,"normalized":true}]
        """;

    private static readonly string[] Fragments =
    [
        "{% for a in messages %}", "{% endfor %}", "{% if a.b %}", "{% else %}", "{% endif %}", "{{ a }}", "{{ messages[0]['content'] | trim }}",
        "{% set n = namespace(x=[]) %}", "{% set n.x = n.x + n.x %}", "{% macro m(a, b=2) %}", "{% endmacro %}", "{{ m(m) }}", "{% break %}",
        "{{ range(9)|list|tojson(indent=4) }}", "{{ '%5d'|format(7) }}", "{{ 'a' * 999 }}", "{{ -", " ~ ", " if ", " else ", "[::-1]", "['content']",
        "|join(', ')", "|selectattr('role', 'equalto', 'user')", " is not defined", "{#", "#}", "{%-", "-%}", "{{ raise_exception('x') }}",
        "{% generation %}", "{% endgeneration %}", "loop.index0", "(", ")", "{", "}", "'", "\"", "\\", "9999999999999999999", "1e400", "**", "//", "%",
    ];

    /// <summary>The conversation that templates are given.</summary>
    public static JsonElement Conversation { get; } = JsonDocument.Parse("""
        {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":" Hello 👍🏽 "},{"role":"assistant","content":"Hi!"}],
        "tools":[{"type":"function","function":{"name":"f","parameters":{"a":[1,2.5,null]}}}],"bos_token":"<s>","add_generation_prompt":true}
        """).RootElement.Clone();

    /// <summary>The inputs of a parser.</summary>
    public static byte[][] Of(string parser) => parser switch
    {
        "tokenizer.json" => [.. TokenizerFiles().Select(Encoding.UTF8.GetBytes)],
        "tokenizer.model" => [PieceFile(1), PieceFile(2)],
        "gguf" => [Gguf("gpt2"), Gguf("llama"), Gguf("bert")],
        "template" => [.. Directory.GetFiles(Path.Combine(Repository.Root, "tests", "golden", "templates"), "*.jinja").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)],
        "safetensors" => [Safetensors()],
        "config.json" => [.. Configs.Select(Encoding.UTF8.GetBytes)],
        _ => [],
    };

    /// <summary>A vocabulary of random words over two letters with merges between any of them, in any order.</summary>
    public static byte[] RandomMerges(RandomStream random)
    {
        var words = new List<string> { "a", "b", "▁" };
        var merges = new List<string>();
        for (int i = random.NextInt(24); i > 0; i--)
        {
            (string left, string right) = (random.Choose(words), random.Choose(words));
            if (left.Length + right.Length <= 12)
            {
                merges.Insert(random.NextInt(merges.Count + 1), $"[\"{left}\",\"{right}\"]");
                if (!words.Contains(left + right))
                {
                    words.Add(left + right);
                }
            }
        }

        string vocabulary = string.Join(',', words.Select((w, i) => $"\"{w}\":{i}"));
        return Encoding.UTF8.GetBytes($$$"""
            {"normalizer":{"type":"Replace","pattern":{"String":" "},"content":"▁"},
            "model":{"type":"BPE","vocab":{ {{{vocabulary}}} },"merges":[{{{string.Join(',', merges)}}}]}}
            """);
    }

    /// <summary>A template with parts of the language put into it, and then damaged.</summary>
    public static byte[] MutatedTemplate(byte[][] samples, RandomStream random)
    {
        string template = Encoding.UTF8.GetString(random.Choose(samples));
        int from = random.NextInt(template.Length), length = Math.Min(random.NextInt(400), template.Length - from);
        template = random.NextInt(3) == 0 ? template : template.Substring(from, length);
        for (int i = random.NextInt(6); i > 0; i--)
        {
            template = template.Insert(random.NextInt(template.Length + 1), random.Choose(Fragments));
        }

        byte[] bytes = Encoding.UTF8.GetBytes(template);
        return bytes.Length > 0 && random.NextInt(2) == 0 ? Mutation.Of(bytes, random) : bytes;
    }

    private static IEnumerable<string> TokenizerFiles()
    {
        string rules = Convert.ToBase64String(CharacterRules());
        yield return $$$"""
            { {{{Added}}},"pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?i:'s)|\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)|[^a-c]+?"},
            "behavior":"Isolated","invert":false},{"type":"ByteLevel","add_prefix_space":true,"use_regex":false}]},"decoder":{"type":"ByteLevel"},
            "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],"special_tokens":{"<s>":{"ids":[1]} } },
            "model":{"type":"BPE","vocab":{{{Vocabulary}}},"merges":[["a","b"],["Ġ","a"]],"ignore_merges":true}}
            """;
        yield return $$$"""
            { {{{Added}}},"normalizer":{"type":"Sequence","normalizers":[{"type":"NFKC"},{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
            "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
            {"type":"Strip","content":" ","start":1,"stop":0}]},
            "model":{"type":"BPE","vocab":{{{Vocabulary}}},"merges":["a b","▁ a","▁ ab"],"byte_fallback":true,"fuse_unk":true,"unk_token":"<unk>"}}
            """;
        yield return $$$"""
            { {{{Added}}},"normalizer":{"type":"BertNormalizer","lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},"decoder":{"type":"WordPiece"},
            "post_processor":{"type":"BertProcessing","sep":["<s>",1],"cls":["<s>",1]},"model":{"type":"WordPiece","unk_token":"<unk>","vocab":{{{Vocabulary}}}}}
            """;
        yield return $$$"""
            { {{{Added}}},"normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":"{{{rules}}}"},{"type":"Strip"},
            {"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]},"pre_tokenizer":{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"},
            "decoder":{"type":"Metaspace"},"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1],["b",-2.5],["ab",-2],["▁",-3],["▁ab",-4]]}}
            """;
    }

    private static byte[] CharacterRules()
    {
        // One rule: "\t" becomes a space.
        var units = new uint[600];
        units[0] = 512u << 10;
        units[512 ^ '\t'] = '\t' | 0x100u | ((uint)((512 ^ '\t') ^ 560) << 10);
        units[560] = 0x80000000u;
        return [.. BitConverter.GetBytes(units.Length * 4), .. units.SelectMany(BitConverter.GetBytes), (byte)' ', 0];
    }

    private static byte[] PieceFile(byte modelType)
    {
        var bytes = new List<byte>();
        (string Text, float Score, byte Type)[] pieces =
            [("<unk>", 0, 2), ("<s>", 0, 3), ("</s>", 0, 3), ("a", -1, 1), ("b", -2, 1), ("ab", -1.5f, 1), ("▁", -3, 1), ("▁ab", -4, 1), ("12", 0, 4)];
        foreach ((string text, float score, byte type) in pieces)
        {
            Put(1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(score), 0x18, type]);
        }

        Put(2, [0x18, modelType]);
        Put(3, [.. Field(2, CharacterRules()), 0x18, 1, 0x20, 1]);
        return [.. bytes];

        void Put(int field, byte[] content) => bytes.AddRange(Field(field, content));

        static byte[] Field(int field, byte[] content)
        {
            var head = new List<byte> { (byte)((field << 3) | 2) };
            int length = content.Length;
            for (; length >= 0x80; length >>= 7)
            {
                head.Add((byte)(length | 0x80));
            }

            return [.. head, (byte)length, .. content];
        }
    }

    private static byte[] Gguf(string model)
    {
        string[] tokens = ["<unk>", "<s>", "a", "b", "ab", "▁", "▁ab", "Ġ", "Ġa", "[UNK]"];
        return new GgufBuilder().String("general.architecture", "llama").String("tokenizer.ggml.model", model).String("tokenizer.ggml.pre", "llama-bpe")
            .Strings("tokenizer.ggml.tokens", tokens).Int32s("tokenizer.ggml.token_type", 2, 3, 1, 1, 1, 1, 1, 1, 1, 4)
            .Float32s("tokenizer.ggml.scores", [.. tokens.Select((_, i) => -(float)i)]).Strings("tokenizer.ggml.merges", "a b", "Ġ a")
            .UInt32("tokenizer.ggml.bos_token_id", 1).UInt32("tokenizer.ggml.unknown_token_id", 0).Bool("tokenizer.ggml.add_bos_token", 1).Bytes();
    }

    private static byte[] Safetensors()
    {
        var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsTensor.F32("x.weight", [2, 2], [1, 2, 3, 4]), SafetensorsTensor.F32("y", [1], [5])],
            new Dictionary<string, string> { ["format"] = "pt" });
        return stream.ToArray();
    }

    private static readonly string[] Configs =
    [
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_act":"silu","vocab_size":320,"hidden_size":48,"intermediate_size":112,
        "num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":20,"rope_theta":10000.0,"rms_norm_eps":1e-05,
        "max_position_embeddings":256,"tie_word_embeddings":true,"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
        "original_max_position_embeddings":32,"rope_type":"llama3"},"bos_token_id":0,"eos_token_id":[1,2]}
        """,
        """
        {"model_type":"gemma2","architectures":["Gemma2ForCausalLM"],"hidden_activation":"gelu_pytorch_tanh","vocab_size":64,"hidden_size":16,
        "intermediate_size":32,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":8,"rms_norm_eps":1e-06,
        "attn_logit_softcapping":50.0,"final_logit_softcapping":30.0,"sliding_window":4,"query_pre_attn_scalar":8,"max_position_embeddings":64}
        """,
        """{"model_type":"gpt2","architectures":["GPT2LMHeadModel"],"vocab_size":64,"n_embd":16,"n_layer":2,"n_head":2,"n_positions":32,"activation_function":"gelu_new"}""",
    ];
}
