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

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * Curves over one quantity, as a picture.
 */
public final class LineChart {

	private final XYChart chart;

	/**
	 * Begin a chart.
	 * @param title what it shows
	 * @param x what is varied, with its unit
	 * @param y what is measured, with its unit
	 */
	public LineChart(String title, String x, String y) {
		this.chart = new XYChartBuilder().width(1100)
			.height(540)
			.title(title)
			.xAxisTitle(x)
			.yAxisTitle(y)
			.theme(Styler.ChartTheme.Matlab)
			.build();
		Pictures.style(this.chart.getStyler());
		this.chart.getStyler().setYAxisMin(0.0);
	}

	/**
	 * Draw values against powers of ten.
	 * @return this chart
	 */
	public LineChart logarithmic() {
		this.chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(null);
		return this;
	}

	/**
	 * Add what was measured.
	 * @param name what it was measured of
	 * @param x where
	 * @param y the values
	 * @return this chart
	 */
	public LineChart curve(String name, List<? extends Number> x, List<? extends Number> y) {
		this.chart.addSeries(name, x, y).setMarker(SeriesMarkers.CIRCLE).setLineWidth(2f);
		return this;
	}

	/**
	 * Add a line to compare with, as an ideal.
	 * @param name what it is
	 * @param x where
	 * @param y the values
	 * @return this chart
	 */
	public LineChart reference(String name, List<? extends Number> x, List<? extends Number> y) {
		XYSeries series = this.chart.addSeries(name, x, y);
		series.setMarker(SeriesMarkers.NONE).setLineColor(Color.GRAY);
		series.setLineStyle(
				new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10f, new float[] { 8f, 6f }, 0f));
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
