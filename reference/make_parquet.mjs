// Writes tests/golden/parquet: small sets in the published columns, by two writers of Parquet that are not ours.
// node reference/make_parquet.mjs tests/golden/parquet   with npm packages hyparquet-writer 0.17.0, parquet-wasm 0.8.0, apache-arrow 21
import { writeFileSync } from 'node:fs'
import { parquetWriteFile } from 'hyparquet-writer'
import * as arrow from 'apache-arrow'
import * as wasm from 'parquet-wasm/node'

const out = process.argv[2]
const traits = ['extraversion', 'neuroticism', 'openness']
const rows = Array.from({ length: 60 }, (_, i) => [
  i === 41 ? 'extrovert' : traits[i % 3], `topic ${Math.floor(i / 6)}`, `What do you think of topic ${Math.floor(i / 6)}?`,
  i === 17 ? null : `Answer ${i}: a café, "quoted", with a comma – and ${'very '.repeat(i % 7)}long.`])
const names = ['Target Personality', 'Edit Topic', 'Question', 'Answer']
const column = c => rows.map(row => row[c])

// One dictionary-encoded set as parquet-rs writes it, with the pages of each version and each way of packing.
function rust(name, compression, version) {
  const table = new arrow.Table(Object.fromEntries(names.map((n, c) => [n, arrow.vectorFromArray(column(c), new arrow.Utf8())])))
  const options = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression[compression]).setWriterVersion(wasm.WriterVersion[version]).setMaxRowGroupSize(25).build()
  writeFileSync(`${out}/${name}.parquet`, wasm.writeParquet(wasm.Table.fromIPCStream(arrow.tableToIPC(table, 'stream')), options))
}

rust('rust-v1-snappy', 'SNAPPY', 'V1')
rust('rust-v1-plain', 'UNCOMPRESSED', 'V1')
rust('rust-v2-gzip', 'GZIP', 'V2')
rust('rust-v1-brotli', 'BROTLI', 'V1')
rust('rust-v1-zstd', 'ZSTD', 'V1')
parquetWriteFile({ filename: `${out}/hyparquet-snappy.parquet`, rowGroupSize: 25,
  columnData: [...names.map((name, c) => ({ name, data: column(c), type: 'STRING' })), { name: '__index_level_0__', data: rows.map((_, i) => i), type: 'INT32' }] })
parquetWriteFile({ filename: `${out}/numbers.parquet`, columnData: names.map((name, c) => ({ name, data: rows.slice(0, 3).map((_, i) => i), type: c === 3 ? 'INT32' : 'STRING' })).map((x, c) => c === 3 ? x : { ...x, data: column(c).slice(0, 3) }) })
