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

import java.awt.Color;
import java.awt.Font;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/**
 * What all charts have in common.
 */
final class Pictures {

	private Pictures() {
	}

	static void style(AxesChartStyler styler) {
		styler.setYAxisDecimalPattern("#,##0.###")
			.setLegendPosition(Styler.LegendPosition.OutsideE)
			.setLegendFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
			.setChartBackgroundColor(Color.WHITE)
			.setAntiAlias(true);
	}

	static void write(Chart<?, ?> chart, Path file) throws IOException {
		Files.createDirectories(file.toAbsolutePath().getParent());
		BitmapEncoder.saveBitmap(chart, file.toString(), BitmapEncoder.BitmapFormat.PNG);
	}

}
