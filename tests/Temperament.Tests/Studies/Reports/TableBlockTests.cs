using Temperament.Studies.Reports;
using Xunit;

namespace Temperament.Tests.Studies.Reports;

public sealed class TableBlockTests
{
    [Fact]
    public void Rows_of_a_group_stand_together_in_the_order_of_the_groups_first_rows()
    {
        var table = new TableBlock(
            "", [new("Row", false)], [Row("masked", "1"), Row("trained", "2"), Row("masked", "3"), Row("", "4"), Row("trained", "5")]);

        Assert.Equal(["1", "3", "2", "5", "4"], table.Rows.Select(row => row.Cells[0].Text));
    }

    private static TableRow Row(string group, string name) => new(group, [new(name)]);
}
