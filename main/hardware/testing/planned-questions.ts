import { drivers } from '../../../drivers/index.ts';
import type { LinkType } from '../../../drivers/kit/index.ts';
import { asHeard } from '../identifying/as-heard.ts';
import { type PlannedAttempt, planQuestions, type QuestionPlan } from '../identifying/plan-questions.ts';
import { contextOf, createDriverCatalogue } from '../sessions/index.ts';

/** The questions of the shipped families on a link about which nothing is known. */
export function planShipped(
  link: LinkType,
  { units = [], unit = null }: { readonly units?: readonly number[]; readonly unit?: number | null } = {},
): QuestionPlan {
  const catalogue = createDriverCatalogue(drivers);
  return planQuestions({
    drivers,
    place: { link, units },
    unit,
    recognition: { listing: null, candidates: [] },
    framesOf(driver, way) {
      const line = way.line === null ? {} : { ...way.line, flow_control: 'none' };
      const config = catalogue.parseConfig(driver.id, { ...line, ...way.options });
      return driver.firstQuestions?.frames(contextOf(config, { bus: link, unit: way.unit }, null)) ?? [];
    },
  });
}

/** What devices may hear of these attempts, however their own line is set. */
export function heardOf(attempts: readonly PlannedAttempt[]): readonly Uint8Array[] {
  return attempts.flatMap(({ frames, way }) => frames.flatMap((frame) => asHeard(frame, way.line)));
}
