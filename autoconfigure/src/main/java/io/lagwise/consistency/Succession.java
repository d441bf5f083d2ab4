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

package io.lagwise.consistency;

import io.lagwise.replication.WriteFate;

/**
 * Another history has taken the place of that of the primary.
 *
 * @param fate what has become of the writes that this application was told to be done
 * @param keptAsOf what was acknowledged, or read from the primary or one of its replicas,
 * before this instant is part of the new history; {@link FreshnessWatermark#UNPROVEN} if
 * that is not known of anything
 * @param endedAt when the answer came that told of the new history
 * @param atRisk how many acknowledged writes may be missing at most
 * @param reason how that is known, for people
 */
public record Succession(WriteFate fate, long keptAsOf, long endedAt, long atRisk, String reason) {

}
