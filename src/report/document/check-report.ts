/** Checks of reports. */
import { checkOneOf, isObject } from '../../validation/check.js';
import { wrongType } from '../../validation/errors.js';
import { REPORT_FORMAT, REPORT_STATUSES, REPORT_VERSION, type ReportData } from '../content/report-data.js';

/**
 * Checks that a report is one, as `makeReport` makes them, or of a page.
 *
 * @throws TypeError `ERR_INVALID_TYPE`
 */
export function checkReport(report: ReportData): ReportData {
  if (!isObject(report) || report.format !== REPORT_FORMAT || report.version !== REPORT_VERSION)
    throw wrongType('a report, as makeReport makes it,', report);
  const { title, status } = report;
  if (typeof title !== 'string') throw wrongType('a string for the title of the report', title);
  checkOneOf(status, 'the status of the report', REPORT_STATUSES);
  return report;
}
