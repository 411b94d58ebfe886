using Temperament.Models.Checkpoints;

namespace Temperament.Models.Hub;

/// <summary>Reads the answer of the hub to the question for a model's files. Names and hashes become paths, so each is checked.</summary>
internal static class HubListingJson
{
    private const int MostFiles = 1 << 16;

    public static HubListing Read(string address, HubName name, byte[] json)
    {
        try
        {
            CheckpointJson root = CheckpointJson.Parse(address, json);
            string commit = root["sha"].String;
            HubFile[] files = [.. root["siblings"].Items().Take(MostFiles).Select(item => ReadFile(item))];
            return IsHash(commit, 40) ? new HubListing(name, commit, files) : throw root["sha"].Wrong("a commit of 40 hexadecimal digits");
        }
        catch (CheckpointException e)
        {
            throw new HubException(address, $"an answer that is no list of files ({e.Read})", "HF_ENDPOINT may name something that is no hub.", e);
        }
    }

    private static HubFile ReadFile(CheckpointJson item)
    {
        CheckpointJson name = item["rfilename"], large = item["lfs"];
        string[] parts = name.String.Split('/');
        if (parts.Any(part => part is "" or "." or ".." || part.Contains('\\', StringComparison.Ordinal) || part.Contains('\0', StringComparison.Ordinal)))
        {
            throw name.Wrong("a path inside the repository");
        }

        CheckpointJson size = large.Exists ? large["size"] : item["size"], hash = large.Exists ? large["sha256"] : item["blobId"];
        return size.Double is >= 0 and <= 1L << 50 and var bytes && IsHash(hash.String, large.Exists ? 64 : 40)
            ? new HubFile(name.String, (long)bytes, hash.String, large.Exists)
            : throw hash.Wrong("a size and a hash");
    }

    private static bool IsHash(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigitLower);
}
