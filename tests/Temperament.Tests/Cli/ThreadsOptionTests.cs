using System.CommandLine;
using Temperament.Cli;
using Temperament.Cli.Hosting;
using Temperament.Tensors.Diagnostics;
using Xunit;

namespace Temperament.Tests.Cli;

public sealed class ThreadsOptionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    public void The_pool_of_a_command_has_the_threads_that_were_given(int threads) => Assert.Equal(threads, PoolOf("doctor", "--threads", $"{threads}"));

    [Fact]
    public void The_pool_of_a_command_has_a_thread_for_each_core_where_none_were_given() =>
        Assert.Equal(MachineDescription.DefaultThreads, PoolOf("doctor"));

    private static int PoolOf(params string[] words)
    {
        using var text = new StringWriter();
        using var nothing = new StringReader("");
        var terminal = new Terminal(nothing, text, text);
        RootCommand root = CommandTree.Build(new CommandHost(terminal, CancellationToken.None));
        using var run = new CommandRun(root.Parse(words), terminal, CancellationToken.None);
        return run.Pool.Threads;
    }
}
