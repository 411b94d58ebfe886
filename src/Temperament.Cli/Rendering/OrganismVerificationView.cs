using Temperament.Cli.Hosting;
using Temperament.Studies.Organism;

namespace Temperament.Cli.Rendering;

/// <summary>Verifies members of the family and shows each hash; the process fails where one differs.</summary>
internal static class OrganismVerificationView
{
    public static void Show(CommandRun run, IReadOnlyList<OrganismMember> members)
    {
        List<HashComparison> found = ProgressBar.Run(run, "verifying", 1, bar => members.SelectMany(member => OrganismVerification.Run(
            member, CorpusGrammar.Embedded, run.Pool, at => bar.Stage($"{member.Name} {at.Stage}", at.Step, at.Steps, at.Loss), run.Cancellation)).ToList());
        if (run.Json)
        {
            run.PrintJson(json =>
            {
                json.WriteStartArray();
                foreach (HashComparison hash in found)
                {
                    json.WriteStartObject();
                    json.WriteString("member", hash.Member);
                    json.WriteString("of", hash.What);
                    json.WriteString("recorded", hash.Recorded);
                    json.WriteString("found", hash.Found);
                    json.WriteBoolean("holds", hash.Holds);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
        else
        {
            foreach (HashComparison hash in found)
            {
                run.Print($"{hash.Member,-16} {hash.What,-18} {(hash.Holds ? $"{hash.Found[..16]}  as recorded" : $"{hash.Found}  NOT as recorded: {hash.Recorded}")}");
            }
        }

        run.ExitCode = found.All(hash => hash.Holds) ? ExitCodes.Done : ExitCodes.Failed;
    }
}
