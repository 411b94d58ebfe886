using Temperament.Tensors.Diagnostics;
using Temperament.Tests.Support;
using Xunit;

namespace Temperament.Tests.Tensors.Diagnostics;

/// <summary>Folders proc and sys as Linux has them, planted: four cores with two hardware threads each, and 10 GB free.</summary>
public sealed class ProcessAllowanceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ProcessAllowanceTests()
    {
        IEnumerable<string> processors = Enumerable.Range(0, 8).Select(i => $"processor\t: {i}\nphysical id\t: {i % 4 / 2}\ncore id\t\t: {i % 2}\n");
        Plant("proc/cpuinfo", string.Join('\n', processors));
        Plant("proc/meminfo", "MemTotal:       16000000 kB\nMemFree:         1000000 kB\nMemAvailable:    9000000 kB\nSwapFree:        1000000 kB\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0-7", 8, 4)]
    [InlineData("0,4", 2, 1)]
    [InlineData("0-2,5", 4, 3)]
    [InlineData("7", 1, 1)]
    [InlineData("", 8, 4)]
    public void There_is_a_thread_for_each_core_that_the_process_may_run_on(string allowed, int processors, int threads)
    {
        Plant("proc/self/status", $"Name:\tdotnet\nCpus_allowed:\tff\nCpus_allowed_list:\t{allowed}\n");

        Assert.Equal(threads, Allowance.Threads(processors));
    }

    [Fact]
    public void Where_the_system_says_nothing_there_is_a_thread_for_each_processor()
    {
        var silent = new ProcessAllowance(_folder["nothing"]);

        Assert.Equal(6, silent.Threads(6));
        Assert.Null(silent.FreeMemory());
    }

    [Theory]
    [InlineData("max 100000", 4)]
    [InlineData("200000 100000", 2)]
    [InlineData("150000 100000", 2)]
    [InlineData("25000 50000", 1)]
    [InlineData("1000 100000", 1)]
    [InlineData("1600000 100000", 4)]
    [InlineData("broken", 4)]
    public void A_quota_of_a_control_group_of_version_2_is_kept(string max, int threads)
    {
        Plant("proc/self/cgroup", "0::/batch/job\n");
        Plant("sys/fs/cgroup/batch/job/cpu.max", max);

        Assert.Equal(threads, Allowance.Threads(8));
    }

    [Fact]
    public void The_quota_of_a_group_above_holds_too()
    {
        Plant("proc/self/cgroup", "0::/batch/job\n");
        Plant("sys/fs/cgroup/batch/job/cpu.max", "300000 100000");
        Plant("sys/fs/cgroup/batch/cpu.max", "100000 100000");

        Assert.Equal(1, Allowance.Threads(8));
    }

    [Theory]
    [InlineData("cpu,cpuacct", "cpu,cpuacct")]
    [InlineData("cpu,cpuacct", "cpu")]
    [InlineData("cpu", "cpu")]
    public void A_quota_of_a_control_group_of_version_1_is_kept(string controllers, string mount)
    {
        Plant("proc/self/cgroup", $"4:memory:/\n3:{controllers}:/docker/a1\n0::/\n");
        Plant($"sys/fs/cgroup/{mount}/docker/a1/cpu.cfs_quota_us", "200000\n");
        Plant($"sys/fs/cgroup/{mount}/docker/a1/cpu.cfs_period_us", "100000\n");

        Assert.Equal(2, Allowance.Threads(8));

        Plant($"sys/fs/cgroup/{mount}/docker/a1/cpu.cfs_quota_us", "-1\n");

        Assert.Equal(4, Allowance.Threads(8));
    }

    [Fact]
    public void A_container_that_sees_its_own_group_at_the_root_finds_its_quota()
    {
        Plant("proc/self/cgroup", "5:cpu:/docker/not/mounted/here\n");
        Plant("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
        Plant("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");

        Assert.Equal(1, Allowance.Threads(8));
    }

    [Fact]
    public void Free_memory_is_that_of_the_machine_where_no_group_has_less()
    {
        Assert.Equal(10_000_000L * 1024, Allowance.FreeMemory());

        Plant("proc/self/cgroup", "0::/job\n");
        Plant("sys/fs/cgroup/job/memory.max", "max\n");
        Plant("sys/fs/cgroup/job/memory.current", "1000\n");

        Assert.Equal(10_000_000L * 1024, Allowance.FreeMemory());
    }

    [Fact]
    public void Free_memory_is_what_a_group_of_version_2_has_left_with_the_pages_of_files()
    {
        Plant("proc/self/cgroup", "0::/job\n");
        Plant("sys/fs/cgroup/job/memory.max", "1000000\n");
        Plant("sys/fs/cgroup/job/memory.current", "700000\n");
        Plant("sys/fs/cgroup/job/memory.stat", "anon 500000\nfile 200000\ninactive_file 150000\nactive_file 40000\n");

        Assert.Equal(490_000, Allowance.FreeMemory());
    }

    [Fact]
    public void Free_memory_is_what_a_group_of_version_1_has_left_and_never_negative()
    {
        Plant("proc/self/cgroup", "7:memory:/job\n");
        Plant("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "1000000\n");
        Plant("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "900000\n");
        Plant("sys/fs/cgroup/memory/job/memory.stat", "inactive_file 1\nactive_file 1\ntotal_inactive_file 100000\ntotal_active_file 0\n");
        Plant("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Plant("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000000\n");

        Assert.Equal(200_000, Allowance.FreeMemory());

        Plant("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "2000000\n");

        Assert.Equal(0, Allowance.FreeMemory());
    }

    private ProcessAllowance Allowance => new(_folder.Path);

    private void Plant(string path, string text)
    {
        string file = _folder[path];
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
