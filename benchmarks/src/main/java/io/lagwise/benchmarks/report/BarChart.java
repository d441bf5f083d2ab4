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
import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler;

/**
 * Values of several kinds side by side, as a picture.
 */
public final class BarChart {

	private final CategoryChart chart;

	private final List<String> groups;

	/**
	 * Begin a chart.
	 * @param title what it shows
	 * @param y what is measured, with its unit
	 * @param groups what the bars are grouped by
	 */
	public BarChart(String title, String y, List<String> groups) {
		this.groups = groups;
		this.chart = new CategoryChartBuilder().width(1200)
			.height(560)
			.title(title)
			.yAxisTitle(y)
			.theme(Styler.ChartTheme.Matlab)
			.build();
		Pictures.style(this.chart.getStyler());
		this.chart.getStyler().setXAxisLabelRotation((groups.size() > 5) ? 30 : 0);
		this.chart.getStyler().setAvailableSpaceFill(0.9).setPlotGridVerticalLinesVisible(false);
	}

	/**
	 * Draw values against powers of ten.
	 * @return this chart
	 */
	public BarChart logarithmic() {
		// a bar begins at zero unless told otherwise, which has no logarithm
		this.chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(1.0);
		return this;
	}

	/**
	 * Add one bar to each group.
	 * @param name what the bars are of
	 * @param values how high they are, {@code null} where there is none
	 * @return this chart
	 */
	public BarChart bars(String name, List<? extends @Nullable Number> values) {
		this.chart.addSeries(name, this.groups, values);
		return this;
	}

	/**
	 * Write the picture.
	 * @param file where to, a PNG file
	 * @throws IOException if it cannot be written
	 */
	public void write(Path file) throws IOException {
		Pictures.write(this.chart, file);
	}

}
