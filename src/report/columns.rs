//! The table of captures as a Parquet file: the only file that names `parquet`.
//!
//! Written through the crate's column writers, without Arrow: the rows are plain and few types are
//! needed, and Arrow would be thirty crates more. Compressed with Snappy, which every reader knows.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ConvertedType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::spreadsheet::{FACTS, Line};
use crate::check::{ALL, Check};
use crate::verdict::Value;

/// Rows that are written together: what is held in memory.
const GROUP: usize = 4096;

/// A Parquet file in the making.
pub struct Columns<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    waiting: Vec<Line>,
}

type Made<T> = Result<T, ParquetError>;

fn column(name: &str, physical: Physical) -> Made<Arc<Type>> {
    let column = Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
    let text = physical == Physical::BYTE_ARRAY;
    let column = if text { column.with_converted_type(ConvertedType::UTF8) } else { column };
    column.build().map(Arc::new)
}

fn is_number(check: &Check) -> bool {
    check.names.is_empty()
}

fn schema() -> Made<Type> {
    let mut fields = Vec::new();
    for fact in FACTS {
        fields.push(column(fact, Physical::BYTE_ARRAY)?);
    }
    for check in ALL {
        let physical = if is_number(check) { Physical::DOUBLE } else { Physical::BYTE_ARRAY };
        fields.push(column(check.id, physical)?);
        fields.push(column(&format!("{}.outcome", check.id), Physical::BYTE_ARRAY)?);
    }
    Type::group_type_builder("captures").with_fields(fields).build()
}

/// Write the next column: its values, and which rows have one.
fn put<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    rows: Vec<Option<T::T>>,
) -> Made<()> {
    let levels: Vec<i16> = rows.iter().map(|r| i16::from(r.is_some())).collect();
    let values: Vec<T::T> = rows.into_iter().flatten().collect();
    let next = group.next_column()?;
    let mut next = next.ok_or_else(|| ParquetError::General("too many columns".to_owned()))?;
    next.typed::<T>().write_batch(&values, Some(&levels), None)?;
    next.close()
}

fn text(text: &str) -> Option<ByteArray> {
    (!text.is_empty()).then(|| ByteArray::from(text))
}

impl<W: Write + Send> Columns<W> {
    /// Begin a file.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn begin(out: W) -> io::Result<Columns<W>> {
        let begin = || {
            let properties =
                WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            SerializedFileWriter::new(out, Arc::new(schema()?), Arc::new(properties))
        };
        Ok(Columns { writer: begin().map_err(io::Error::other)?, waiting: Vec::new() })
    }

    /// One row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, line: Line) -> io::Result<()> {
        self.waiting.push(line);
        if self.waiting.len() < GROUP { Ok(()) } else { self.group().map_err(io::Error::other) }
    }

    fn group(&mut self) -> Made<()> {
        let lines = std::mem::take(&mut self.waiting);
        if lines.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        for i in 0..FACTS.len() {
            let rows = lines.iter().map(|line| text(&line.facts[i])).collect();
            put::<ByteArrayType>(&mut group, rows)?;
        }
        for (i, check) in ALL.iter().enumerate() {
            let values = lines.iter().map(|line| line.checks[i].0.as_ref());
            if is_number(check) {
                let number = |v: Option<&Value>| match v {
                    Some(Value::Number(n)) => Some(*n),
                    _ => None,
                };
                put::<DoubleType>(&mut group, values.map(number).collect())?;
            } else {
                let name = |v: Option<&Value>| match v {
                    Some(Value::Name(name)) => text(name),
                    _ => None,
                };
                put::<ByteArrayType>(&mut group, values.map(name).collect())?;
            }
            let outcomes = lines.iter().map(|line| line.checks[i].1.and_then(|o| text(o.id())));
            put::<ByteArrayType>(&mut group, outcomes.collect())?;
        }
        group.close().map(drop)
    }

    /// Write what is left, and the file's table of contents.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        let end = self.group().and_then(|()| self.writer.close().map(drop));
        end.map_err(io::Error::other)
    }
}
