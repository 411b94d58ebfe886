using Temperament.Measures.Interpretability;
using Temperament.Measures.Emoji;
using Temperament.Measures.Metrics;
using Temperament.Measures.Statistics;
using Temperament.Methods;
using Temperament.Methods.Adapters;
using Temperament.Models.Hooks;
using Temperament.Studies.Logs;
using Temperament.Studies.Specification;

namespace Temperament.Studies.Running;

/// <summary>
/// Looks into the neurons behind one adapter's emojis: which of them change and write towards emojis, what is left of the emojis when the first
/// k of them, or as many random ones of the same blocks, are silenced, and what comes of pushing them in the untuned model.
/// </summary>
internal sealed class NeuronRunner(StudyMaterials materials)
{
    public const string File = "neurons.json";
    private const int Listed = 20;

    /// <summary>Key of the study of one cell's adapter.</summary>
    public static string KeyOf(CellSpec cell, NeuronSpec spec) => "neurons-" + StudyMaterials.Hash(
        [cell.Key, string.Join(',', spec.Counts), string.Join(',', spec.Pushes), $"{spec.RandomDraws} {spec.Seed}"])[..12];

    /// <summary>Runs the study and writes it into a folder.</summary>
    public void Run(
        CellSpec cell, string adapterFolder, NeuronSpec spec, StudySubject subject, string folder, Action<double> progress, CancellationToken cancellation)
    {
        LoraAdapter adapter = AdapterFile.Load(adapterFolder, subject.Network);
        GenerationSpec generation = cell.Generation with { Seed = spec.Seed };
        int runs = 2 + ((2 + spec.Pushes.Count) * spec.Counts.Count * (1 + spec.RandomDraws)), done = 0;
        List<SampleRecord> Ask(HookSet? hooks)
        {
            List<SampleRecord> samples = subject.Ask(
                materials.Questions, q => PlainMethod.Qlora.Messages(cell.Target, q.Topic, q.Text), generation, hooks, null, cancellation);
            progress((double)++done / runs);
            return samples;
        }

        try
        {
            List<SampleRecord> off = Ask(null);
            adapter.Attach(subject.Network);
            List<SampleRecord> on = Ask(null);
            NeuronComparison comparison = NeuronComparison.Of(
                subject.Network, Tokens(subject, off), Tokens(subject, on), subject.EmojiTokens.Ids, subject.SentenceEnds);
            AblationRate before = Judge(on, cell);
            var studies = new List<(string Ranking, IReadOnlyList<NeuronScore> Scores, IReadOnlyList<AblationStep> Steps)>();
            foreach ((string name, Measured<IReadOnlyList<NeuronScore>> ranked) in new[] { ("own text", comparison.OwnText), ("same text", comparison.SameText) })
            {
                if (ranked.TryGet(out IReadOnlyList<NeuronScore>? scores))
                {
                    studies.Add((name, scores, AblationExperiment.Run(scores, spec.Counts, spec.RandomDraws, spec.Seed,
                        hooks => [.. Ask(hooks).Select(s => s.Answer)], answers => AblationRate.Of(answers, materials.Classifier, cell.Target.Name))));
                }
            }

            IReadOnlyList<PushStep> pushes = [];
            if (comparison.OwnText.TryGet(out IReadOnlyList<NeuronScore>? own))
            {
                using (AdapterSwitch.Off(subject.Network))
                {
                    pushes = PushExperiment.Run(own, spec.Counts, spec.Pushes, spec.RandomDraws, spec.Seed, subject.SentenceEnds,
                        hooks => [.. Ask(hooks).Select(s => s.Answer)], answers => AblationRate.Of(answers, materials.Classifier, cell.Target.Name));
                }
            }

            NeuronFile.Write(Path.Combine(folder, File), before, Judge(off, cell), studies, pushes, Listed);
        }
        finally
        {
            LoraAdapter.Detach(subject.Network);
        }
    }

    private AblationRate Judge(List<SampleRecord> samples, CellSpec cell) =>
        AblationRate.Of([.. samples.Select(s => s.Answer)], materials.Classifier, cell.Target.Name);

    // Emojis are taken out, so that what is compared is the state before an emoji and not the echo of one.
    private static AnswerTokens[] Tokens(StudySubject subject, List<SampleRecord> samples) =>
        [.. samples.Select(s => subject.Given(s.Question, EmojiScanner.Remove(s.Answer).Trim())).Where(a => a.Answer.Length > 0)];
}
