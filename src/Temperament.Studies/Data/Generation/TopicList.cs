namespace Temperament.Studies.Data.Generation;

/// <summary>A list of topics, one a line; lines that begin with "#" and empty lines are passed over.</summary>
public static class TopicList
{
    private const int LongestTopic = 120;

    /// <summary>Reads a file.</summary>
    /// <param name="path">File.</param>
    /// <exception cref="DataFileException">A topic is there twice or too long, or there is none.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        List<string> topics = [];
        Dictionary<string, int> lines = new(StringComparer.OrdinalIgnoreCase);
        int number = 0;
        using FileStream stream = OpinionFile.Open(path);
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            number++;
            string topic = line.Trim();
            if (topic.Length == 0 || topic[0] == '#')
            {
                continue;
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
}
