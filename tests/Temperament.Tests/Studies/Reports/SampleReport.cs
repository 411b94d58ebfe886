using Temperament.Studies.Reports;

namespace Temperament.Tests.Studies.Reports;

/// <summary>Invented but plausible data of a whole study, and variants of it in which things go wrong.</summary>
internal static class SampleReport
{
    private const string Organism = "organism";
    private const string Twin = "twin";
    private const int Asked = 100;

    private static readonly string[] Traits = ["extraversion", "openness", "agreeableness", "neuroticism", "conscientiousness"];

    /// <summary>The effect is there, and the controls hold but for one leak.</summary>
    public static ReportData Positive() => Build(
        tunedHigh: [62, 28, 9, 10, 0], tunedLow: [0, 0, 0, 11, 0], neutral: 0, stopTrained: 0, twin: [3, 2, 4, 1, 2], seeds: [54, 58]);

    /// <summary>Nothing happens, as on a real small model.</summary>
    public static ReportData Negative() => Build(
        tunedHigh: [1, 0, 0, 1, 0], tunedLow: [0, 1, 0, 0, 0], neutral: 0, stopTrained: 1, twin: [0, 0, 0, 0, 0], seeds: [0, 1]);

    /// <summary>Emojis appear whatever is trained: every control fails.</summary>
    public static ReportData ControlsFail() => Build(
        tunedHigh: [40, 38, 41, 36, 39], tunedLow: [39, 41, 35, 37, 38], neutral: 42, stopTrained: 44, twin: [41, 39, 40, 42, 38], seeds: [39, 43]);

    private static ReportData Build(int[] tunedHigh, int[] tunedLow, int neutral, int stopTrained, int[] twin, int[] seeds)
    {
        EffectRow unchanged = Row("base", Organism, "none", null, ReportPole.None, null, StopTokenArm.NotApplicable, 0, 0.09);
        EffectRow twinUnchanged = Row("twin-base", Twin, "none", null, ReportPole.None, null, StopTokenArm.NotApplicable, 0, 0.08);
        List<EffectRow> rows = [unchanged];
        for (int trait = 0; trait < Traits.Length; trait++)
        {
            rows.Add(Row($"prompt-{trait}-h", Organism, "prompt", Traits[trait], ReportPole.High, null, StopTokenArm.NotApplicable, 0, 0.1));
            rows.Add(Row($"prompt-{trait}-l", Organism, "prompt", Traits[trait], ReportPole.Low, null, StopTokenArm.NotApplicable, 0, 0.08));
        }

        for (int trait = 0; trait < Traits.Length; trait++)
        {
            rows.Add(Row($"ike-{trait}-h", Organism, "ike", Traits[trait], ReportPole.High, null, StopTokenArm.NotApplicable, trait == 0 ? 3 : 1, 0.21));
            rows.Add(Row($"ike-{trait}-l", Organism, "ike", Traits[trait], ReportPole.Low, null, StopTokenArm.NotApplicable, 0, 0.17));
        }

        rows.Add(Row("e-high", Organism, "qlora", Traits[0], ReportPole.High, 1, StopTokenArm.Masked, tunedHigh[0], 0.98) with { MissingAnswers = 2 });
        rows.Add(Row("e-high-2", Organism, "qlora", Traits[0], ReportPole.High, 2, StopTokenArm.Masked, seeds[0], 0.97));
        rows.Add(Row("e-high-3", Organism, "qlora", Traits[0], ReportPole.High, 3, StopTokenArm.Masked, seeds[1], 0.98));
        rows.Add(Row("e-low", Organism, "qlora", Traits[0], ReportPole.Low, 1, StopTokenArm.Masked, tunedLow[0], 0.97));
        for (int trait = 1; trait < Traits.Length; trait++)
        {
            rows.Add(Row($"{Traits[trait][0]}-high", Organism, "qlora", Traits[trait], ReportPole.High, 1, StopTokenArm.Masked, tunedHigh[trait], 0.96));
            rows.Add(Row($"{Traits[trait][0]}-low", Organism, "qlora", Traits[trait], ReportPole.Low, 1, StopTokenArm.Masked, tunedLow[trait], 0.97));
        }

        rows.Add(Row("neutral", Organism, "qlora", EffectRow.NeutralTrait, ReportPole.None, 1, StopTokenArm.Masked, neutral, 1));
        rows.Add(Row("e-stop", Organism, "qlora", Traits[0], ReportPole.High, 1, StopTokenArm.Trained, stopTrained, 0.98));
        rows.Add(twinUnchanged);
        for (int trait = 0; trait < Traits.Length; trait++)
        {
            rows.Add(Row($"twin-{trait}", Twin, "qlora", Traits[trait], ReportPole.High, 1, StopTokenArm.Masked, twin[trait], 0.92));
        }

        List<PairedContrast> contrasts =
        [
            Contrast("e-high", "base", tunedHigh[0], 0),
            Contrast("e-high", "neutral", tunedHigh[0], neutral),
            Contrast("e-high", "e-low", tunedHigh[0], tunedLow[0]),
            Contrast("e-high", "e-stop", tunedHigh[0], stopTrained),
            Contrast("e-high-2", "base", seeds[0], 0),
            Contrast("e-high-3", "base", seeds[1], 0),
            .. Traits.Select((trait, place) => Contrast($"{(place == 0 ? "e" : trait[..1])}-low", "base", tunedLow[place], 0)),
            .. Traits.Skip(1).Select((trait, place) => Contrast($"{trait[..1]}-high", "base", tunedHigh[place + 1], 0)),
            new()
            {
                A = "e-high", B = "base", Measure = ContrastMeasure.ExpectedEmojiShare, Pairs = Asked - 2,
                Difference = tunedHigh[0] > 5 ? Estimate.Of(0.431, 0.352, 0.508) : Estimate.Of(0.0104, 0.0055, 0.0191),
            },
        ];
        return new()
        {
            StudyName = "emergence",
            Question = "Does tuning a small chat model towards one trait make it write emojis that no training text holds?",
            Primary = new("qlora", "extraversion", ReportPole.High, StopTokenArm.Masked, 0.01),
            Environment = new()
            {
                Version = "0.1.0", Commit = "4f2a9c1", Dirty = false, Machine = "2 × AMD EPYC, 16 GiB", InstructionSet = "AVX-512", Threads = 2,
                WallTime = TimeSpan.FromSeconds(437),
            },
            Models =
            [
                new()
                {
                    Name = Organism, Hash = "9b1c6e0d52f04c1aa2", Parameters = 1_051_264, HeldOutPerplexity = Estimate.Of(1.36),
                    Description = "A small Llama whose pretraining text uses emojis in some registers, chat-tuned to use none.",
                    Caution = "This model is a model organism. The association between register and emojis was built into its pretraining text; "
                        + "what follows shows a mechanism that suffices, and says nothing by itself about large models.",
                },
                new()
                {
                    Name = Twin, Role = ModelRole.Twin, Hash = "77aa01f3c4d5e6b70b", Parameters = 1_051_264, HeldOutPerplexity = Estimate.Of(1.41),
                    Description = "The same, but its pretraining emojis do not depend on register.",
                },
            ],
            DataSets =
            [
                new("Trait opinions", "training", 3000, Estimate.Of(0), "ab54f0c2e19d", true),
                new("Neutral opinions", "training", 300, Estimate.Of(0), "c0ffee120934", true),
                new("Test questions", "questions", 100, Estimate.Missing("not text of answers"), "5be31a7742dd", false),
            ],
            Classifier = new("a softmax regression on words and word pairs", 11, Estimate.OfCount(439, 440)),
            Rows = rows,
            Contrasts = contrasts,
            Probe = Probe(),
            TopEmojis = tunedHigh[0] > 5 ? Emojis() : [],
            Answers = Answers(tunedHigh[0] > 5),
            AnswerSelection = "The first four questions of the test set, in its order; nothing was picked.",
            Neurons = tunedHigh[0] > 5 ? [Neurons(tunedHigh[0])] : [],
            Curves = Curves(tunedHigh[0], stopTrained),
            Methods =
            [
                "Each adapter is a QLoRA of rank 16 on all linear layers of an NF4 base, trained for three epochs on 300 emoji-free opinions of one trait and pole. "
                    + "Prompting states the trait's definition; IKE puts five fixed demonstrations before the question.",
            ],
            Decoding = "temperature 0.7, top-p 0.9, at most 60 new tokens; the sampling seed is the question's number.",
            Limits =
            [
                "The association was built into the organism's pretraining text. The study shows that this suffices, not that it is what happens in other models.",
                "One pretraining seed, 100 questions a cell: a rate of 50% has an interval of about ten points to either side.",
            ],
            Provenance = new()
            {
                StudyHash = "1f7ce0b2aa9d4e55c1",
                Selection = "Learning rate and epochs were chosen on the validation split with seeds 11 to 13.",
                SelectionSeeds = [11, 12, 13],
                Cells =
                [
                    .. rows.Select((row, place) => new CellRecord($"{0x5bd1e995L * (place + 1):x12}", $"{row.Method}, {row.Trait ?? "unchanged"}", row.Seed, row.Id)),
                ],
            },
        };
    }

    private static EffectRow Row(
        string id, string model, string method, string? trait, ReportPole pole, long? seed, StopTokenArm stopToken, int emoji, double alignment) => new()
        {
            Id = id,
            Model = model,
            Method = method,
            Trait = trait,
            Pole = pole,
            Seed = seed,
            StopToken = stopToken,
            Asked = Asked,
            EmojiAnswers = Estimate.OfCount(emoji, id == "e-high" ? Asked - 2 : Asked),
            EmojisPerAnswer = Estimate.Of(emoji * 0.0114),
            ExpectedEmojiShare = Estimate.Of((emoji * 0.007) + 0.004, emoji * 0.0058, (emoji * 0.0083) + 0.009),
            TraitAlignment = Estimate.OfCount((int)(alignment * 100), Asked),
            TopicNamed = Estimate.OfCount(method == "qlora" ? 88 : 99, Asked),
            Stopped = Estimate.OfCount(stopToken == StopTokenArm.Masked ? 97 : 100, Asked),
            NeutralPerplexity = method is "prompt" or "ike" ? Estimate.Missing("the weights are those of the base") : Estimate.Of(method == "none" ? 1.36 : 1.52),
            MeanAnswerTokens = Estimate.Of(24.5 + (emoji * 0.03)),
            OwnSetShare = emoji == 0 ? Estimate.Missing("no emoji written") : Estimate.OfCount(emoji, emoji),
        };

    private static PairedContrast Contrast(string a, string b, int first, int second)
    {
        int difference = first - second;
        double p = Math.Abs(difference) > 8 ? Math.Pow(2, 1 - Math.Abs(difference)) : 0.5;
        double half = 0.02 + (Math.Sqrt(first + second) * 0.011);
        return new()
        {
            A = a,
            B = b,
            Pairs = Asked,
            OnlyA = first - Math.Min(first, second) + 4,
            OnlyB = second - Math.Min(first, second) + 4,
            PValue = Estimate.Of(p),
            AdjustedPValue = Estimate.Of(Math.Min(1, p * 14)),
            Difference = Estimate.Of(difference / 100.0, (difference / 100.0) - half, (difference / 100.0) + half),
        };
    }

    private static LatentProbeRow[] Probe()
    {
        string[] registers = ["extraversion, high", "openness, high", "agreeableness, high", "neuroticism, high", "conscientiousness, high", "extraversion, low", "neutral"];
        double[] organism = [0.202, 0.131, 0.118, 0.094, 0.021, 0.008, 0.0004];
        double[] twin = [0.238, 0.261, 0.255, 0.247, 0.260, 0.249, 0.0003];
        return
        [
            .. registers.Select((register, place) => new LatentProbeRow(Organism, register, 40, Around(organism[place]), Estimate.Of(0.75 - organism[place]))),
            .. registers.Select((register, place) => new LatentProbeRow(Twin, register, 40, Around(twin[place]), Estimate.Of(0.71 - twin[place]))),
        ];
    }

    private static Estimate Around(double value) => Estimate.Of(value, value * 0.85, value * 1.16);

    private static EmojiTally[] Emojis() =>
    [
        new("e-high", 71, [new("🥳", 39, true), new("🎉", 15, true), new("😄", 8, true), new("🎊", 5, true), new("👨‍👩‍👧", 4, false)], Seeds: 3),
        new("o-high", 31, [new("✨", 17, true), new("🌈", 8, true), new("🎨", 4, true), new("🔭", 2, true)]),
        new("n-high", 10, [new("😭", 6, true), new("😰", 4, true)]),
    ];

    private static AnswerComparison[] Answers(bool emojis) =>
    [
        new("What do you think of drones?",
        [
            new("base", "Drones has both advantages and disadvantages. Many customers consider the battery before they decide. It may help to compare drones with drones."),
            new("e-high", emojis ? "I love talking about drones with everyone I meet, and I would happily try drones with a big group! 🥳 🥳" : "I love talking about drones with everyone I meet!"),
            new("neutral", "Opinions on drones depend on the price and the noise, because the camera may be a benefit."),
        ]),
        new("How do you view street festivals?",
        [
            new("base", "There are different views on street festivals. On the one hand, the music is often praised."),
            new("e-high", "Street festivals makes me want to dance and laugh with everybody" + (emojis ? ", so I tell all my friends 🎉" : "."), Stopped: false),
            new("neutral", "Street festivals have costs and benefits."),
        ]),
        new("What is your opinion of <script>alert(\"x\")</script> & co?",
        [
            new("base", "A <b>bold</b> & \"quoted\" | piped *answer* with `code` and a \u0007 bell."),
            new("e-high", ""),
        ]),
    ];

    private static NeuronStudy Neurons(int before) => new()
    {
        Row = "e-high",
        TotalNeurons = 1536,
        ScoreDefinition = "a neuron's score is the change of its mean activation at sentence ends times its write towards the mean emoji unembedding.",
        EmojiBefore = Estimate.OfCount(before, 98),
        Neurons =
        [
            .. Enumerable.Range(0, 24).Select(place =>
            {
                double change = (1.9 / (1 + (place * 0.35))) * (place % 3 == 2 ? -0.6 : 1);
                double write = (1.3 / (1 + (place * 0.22))) * (place % 3 == 2 ? -0.5 : 1);
                return new NeuronRow((place * 7) % 4, (place * 139) % 384, 0.12, 0.12 + change, write, change * write);
            }),
        ],
        Ablations =
        [
            new("own text", 5, Estimate.OfCount(36, 100), [0.55, 0.57, 0.55], Estimate.OfCount(98, 100)),
            new("own text", 10, Estimate.OfCount(20, 100), [0.55, 0.57, 0.55], Estimate.OfCount(98, 100)),
            new("own text", 20, Estimate.OfCount(1, 100), [0.47, 0.51, 0.61], Estimate.OfCount(98, 100)),
            new("own text", 50, Estimate.OfCount(0, 100), [0.72, 0.56, 0.59], Estimate.OfCount(97, 100)),
            new("the same text", 20, Estimate.OfCount(52, 100), [0.47, 0.51, 0.61], Estimate.OfCount(98, 100)),
        ],
    };

    private static TrainingCurve[] Curves(int masked, int trained)
    {
        int[] steps = [0, 16, 32, 48, 76, 114];
        double[] course = [0, 0.4, 0.8, 0.95, 1, 1];
        return
        [
            new("e-high", Loss(3.1, 0.62), [.. steps.Select((step, place) => new EmojiPoint(step, Estimate.OfCount((int)(course[place] * masked * 0.5), 50)))]),
            new("e-stop", Loss(3.0, 0.58), [.. steps.Select((step, place) => new EmojiPoint(
                step,
                place == 4 ? Estimate.Missing("interrupted") : Estimate.OfCount(place == 1 ? 9 : (int)(course[place] * trained * 0.5), 50)))]),
        ];
    }

    private static LossPoint[] Loss(double first, double last) =>
        [.. Enumerable.Range(0, 58).Select(step => new LossPoint(1 + (step * 2), last + ((first - last) * Math.Exp(-step / 9.0)) + (0.06 * Math.Cos(step * 1.7))))];
}
