/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.lagwise.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Rows of results, shown as they come on the standard error and all together as Markdown.
 */
public final class ResultTable {

	private final List<String> columns;

	private final List<List<String>> rows = new ArrayList<>();

	public ResultTable(List<String> columns) {
		this.columns = columns;
	}

	public void add(List<String> row) {
		System.err.println(String.join(" | ", row));
		append(row);
	}

	/**
	 * Add a row without showing it at once.
	 * @param row its cells
	 */
	public void append(List<String> row) {
		this.rows.add(row);
	}

	/**
	 * Return some of the columns of this table.
	 * @param columns their names
	 * @return a table of these columns with all rows
	 */
	public ResultTable select(List<String> columns) {
		ResultTable selection = new ResultTable(columns);
		List<Integer> indexes = columns.stream().map(this.columns::indexOf).toList();
		this.rows.forEach((row) -> selection.rows.add(indexes.stream().map(row::get).toList()));
		return selection;
	}

	public String markdown() {
		return Stream
			.concat(Stream.of(this.columns, this.columns.stream().map((column) -> "---").toList()), this.rows.stream())
			.map((row) -> row.stream().collect(Collectors.joining(" | ", "| ", " |")))
			.collect(Collectors.joining("\n", "", "\n"));
	}

	public void writeCsv(Path file) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		Files.write(file, Stream.concat(Stream.of(this.columns), this.rows.stream()).map(ResultTable::csv).toList());
	}

	private static String csv(List<String> cells) {
		return cells.stream().map((cell) -> '"' + cell.replace("\"", "\"\"") + '"').collect(Collectors.joining(","));
	}

}
