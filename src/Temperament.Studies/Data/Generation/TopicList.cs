using System.Text;

namespace Temperament.Studies.Data.Generation;

/// <summary>A list of topics, one a line; lines that begin with "#" and empty lines are passed over.</summary>
public static class TopicList
{
    private const int LongestTopic = 120;
    private const long MostBytes = 16 << 20;

    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DataFileException">The file is no text in UTF-8 or larger than 16 MiB, a topic is there twice or too long, or there is none.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        List<string> topics = [];
        Dictionary<string, int> lines = new(StringComparer.OrdinalIgnoreCase);
        int number = 0;
        using FileStream stream = OpinionFile.Open(path);
        if (stream.Length > MostBytes)
        {
            throw new DataFileException(path, 0, $"a file of {stream.Length:N0} bytes", $"at most {MostBytes:N0}", "Give one topic a line.");
        }

        using StreamReader reader = new(stream, Strict);
        while (Line(reader, path, number) is { } line)
        {
            number++;
            string topic = line.Trim();
            if (topic.Length == 0 || topic[0] == '#')
            {
                continue;
            }

            if (topic.Any(char.IsControl))
            {
                throw new DataFileException(path, number, "a control character", "a topic in words", "Give a text file with one topic a line.");
            }

            if (topic.Length > LongestTopic)
            {
                throw new DataFileException(path, number, $"a line of {topic.Length:N0} characters", $"a topic of at most {LongestTopic}", "Give one topic a line.");
            }

            if (!lines.TryAdd(topic, number))
            {
                throw new DataFileException(path, number, $"the topic \"{topic}\", which line {lines[topic]} has", "each topic once", "Remove one of them.");
            }

            topics.Add(topic);
        }

        return topics.Count > 0 ? topics : throw new DataFileException(path, 0, "no topic", "one topic a line", "Give the file that has the topics.");
    }

    private static string? Line(StreamReader reader, string path, int before)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DecoderFallbackException error)
        {
            throw new DataFileException(path, before + 1, "bytes that are not UTF-8, there or soon after", "text in UTF-8", "Convert the file to UTF-8.", error);
        }
    }
}
