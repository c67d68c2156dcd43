/** The build gives a style sheet, with what it imports, as minified text. */
declare module "*.css" {
  const text: string;
  export default text;
}
