using System.Runtime.InteropServices;

namespace Temperament.Tensors.Memory;

/// <summary>What a path of the file system leads to.</summary>
internal enum FileKind
{
    /// <summary>A file, a folder, nothing, or a system that is not asked.</summary>
    Other,

    /// <summary>A device of characters or blocks.</summary>
    Device,

    /// <summary>A pipe with or without a name.</summary>
    Pipe,

    /// <summary>A socket.</summary>
    Socket,
}

/// <summary>Asks Linux what a path leads to, without opening it: to open a pipe is to wait for its writer.</summary>
internal static unsafe partial class FileKinds
{
    // https://man7.org/linux/man-pages/man2/statx.2.html: the record has the same layout on every processor.
    private const int CurrentFolder = -100, RecordBytes = 256, ModeOffset = 28;
    private const uint TypeOnly = 1;
    private const int TypeMask = 0xF000, PipeType = 0x1000, CharacterType = 0x2000, BlockType = 0x6000, SocketType = 0xC000;

    /// <summary>The kind; links are followed.</summary>
    /// <param name="path">Path.</param>
    public static FileKind Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return FileKind.Other;
        }

        byte* record = stackalloc byte[RecordBytes];
        try
        {
            if (Status(CurrentFolder, path, 0, TypeOnly, record) != 0)
            {
                return FileKind.Other;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than 2018.
            return FileKind.Other;
        }

        return (*(ushort*)(record + ModeOffset) & TypeMask) switch
        {
            PipeType => FileKind.Pipe,
            CharacterType or BlockType => FileKind.Device,
            SocketType => FileKind.Socket,
            _ => FileKind.Other,
        };
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint wanted, byte* record);
}
