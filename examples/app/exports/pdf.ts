import { type ExportFormat, NonRetryableError } from 'cdk-background-jobs/lambda';
import { PDFDocument, type PDFFont, type PDFPage, StandardFonts } from 'pdf-lib';

export interface PdfOptions {
  readonly title: string;
  readonly columns: readonly string[];
}

/** A PDF is made at once: its rows are kept until the end, in memory and in the export's checkpoints. */
const MOST_ROWS = 2000;

const A4_LANDSCAPE: [number, number] = [841.89, 595.28];
const MARGIN = 40;
const LINE = 14;
const SIZE = 8;
const LINES_A_PAGE = Math.floor((A4_LANDSCAPE[1] - 2 * MARGIN) / LINE) - 2;

/** A format of our own: a report to print, of up to two thousand rows. */
export function pdf(options: PdfOptions): ExportFormat<readonly (readonly string[])[]> {
  return {
    contentType: 'application/pdf',
    extension: 'pdf',
    begin: () => ({ chunk: '', state: [] }),
    rows(rows, before) {
      if (before.length + rows.length > MOST_ROWS) {
        throw new NonRetryableError(
          `a PDF has at most ${MOST_ROWS} rows, got more; ask for less, or for another format`,
        );
      }
      const cells = rows.map(row => options.columns.map(column => textOf(Reflect.get(row, column))));
      return { chunk: '', state: [...before, ...cells] };
    },
    end: rows => layOut(options, rows),
  };
}

async function layOut(
  { title, columns }: PdfOptions,
  rows: readonly (readonly string[])[],
): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const font = await document.embedFont(StandardFonts.Helvetica);
  const bold = await document.embedFont(StandardFonts.HelveticaBold);
  document.setTitle(title);
  const pages = Math.max(1, Math.ceil(rows.length / LINES_A_PAGE));
  for (let index = 0; index < pages; index++) {
    const page = document.addPage(A4_LANDSCAPE);
    drawLine(page, bold, 0, [`${title}, page ${index + 1} of ${pages}`]);
    drawLine(page, bold, 1, columns);
    const some = rows.slice(index * LINES_A_PAGE, (index + 1) * LINES_A_PAGE);
    for (const [line, cells] of some.entries()) drawLine(page, font, line + 2, cells);
  }
  return await document.save();
}

function drawLine(page: PDFPage, font: PDFFont, line: number, cells: readonly string[]): void {
  const width = (page.getWidth() - 2 * MARGIN) / cells.length;
  const y = page.getHeight() - MARGIN - line * LINE;
  for (const [column, cell] of cells.entries()) {
    page.drawText(fitted(cell, font, width - 6), { x: MARGIN + column * width, y, size: SIZE, font });
  }
}

/** As much of it as the column has room for. The built-in fonts have the letters of Western Europe. */
function fitted(text: string, font: PDFFont, width: number): string {
  let fitting = text.replaceAll(/[^\u0020-\u007E\u00A0-\u00FF]+/g, '?');
  while (font.widthOfTextAtSize(fitting, SIZE) > width) fitting = fitting.slice(0, -1);
  return fitting;
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
