using System.Diagnostics;
using Temperament.Tensors.Memory;
using Temperament.Tests.Cli;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Memory;

public sealed class InputFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Every kind of argument that takes a file; F stands for it.</summary>
    public static TheoryData<string> Commands =>
    [
        "data validate F", "data stats F", "data import F --licence x --out o.csv", "data classify F F", "emoji F", "emoji --jsonl F", "train F",
        "model info F", "tokenizer encode F hi", "tokenizer template organism --jsonl F", "tokenizer template F --jsonl x", "study run F", "study report F",
        "model perplexity organism --file F", "measure organism --opinions F", "measure organism --questions F", "generate F --prompt hi",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_device_is_refused_before_it_is_read(string command)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "there is no /dev/zero here");

        CommandLine result = Run(command, "/dev/zero");

        Assert.Equal(3, result.Code);
        Assert.Contains("/dev/zero: read a device; expected a", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_named_pipe_is_refused_before_it_is_waited_for(string command)
    {
        CommandLine result = Run(command, NewPipe());

        Assert.Equal(3, result.Code);
        Assert.Contains("read a named pipe; expected a", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_named_with_the_option_and_the_folder()
    {
        CommandLine result = CommandLine.Run("model", "perplexity", "organism", "--file", "no-such-file");

        Assert.Equal((3, $"temper: --file no-such-file: read nothing, since there is no such file; expected a file. Check the path; it is read from {Environment.CurrentDirectory}.\n"),
            (result.Code, result.Error));
    }

    [Fact]
    public void More_questions_than_there_are_is_told_with_their_number_and_the_option()
    {
        CommandLine result = CommandLine.Run("measure", "organism", "--count", "1000000");

        Assert.Equal(3, result.Code);
        Assert.Matches("questions \"organism\": read a wish for 1000000; expected at most [0-9]+, which is all there are.*--count", result.Error);
    }

    [Fact]
    public void A_file_is_read_whole_up_to_its_limit()
    {
        string file = _folder.Write("f", "0123456789");

        Assert.Equal("0123456789"u8.ToArray(), InputFile.ReadAll(file, 10));
        Assert.Empty(InputFile.ReadAll(_folder.Write("empty", ""), 0));
        Assert.Contains("read more than 9 bytes", Assert.Throws<InputFileException>(() => InputFile.ReadAll(file, 9)).Message, StringComparison.Ordinal);
        Assert.Contains("read a folder", Assert.Throws<InputFileException>(() => InputFile.ReadAll(_folder.Path, 9)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_of_any_kind_is_an_error_that_says_so()
    {
        string empty = _folder.Write("empty", "");

        Assert.Contains("empty file", Run("train F", empty).Error, StringComparison.Ordinal);
        Assert.Contains("the text is empty", Run("tokenizer encode F hi", empty).Error, StringComparison.Ordinal);
        Assert.Contains("empty: read the end of the file at byte 0", Run("model info F", empty).Error, StringComparison.Ordinal);
    }

    private static CommandLine Run(string command, string file) =>
        CommandLine.Run([.. command.Split(' ').Select(word => word == "F" ? file : word)]);

    private string NewPipe()
    {
        string pipe = _folder["pipe"];
        try
        {
            using Process? made = Process.Start("mkfifo", [pipe]);
            made?.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("there is no mkfifo here");
        }

        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked what a path leads to");
        return pipe;
    }
}
