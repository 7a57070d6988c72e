/** Ends the run with one line that tells the counts. */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numRuntimeErrorTestSuites }) {
    console.log(
      `n8n: ${numPassedTests} passed, ${numFailedTests + numRuntimeErrorTestSuites} failed`,
    );
  }
};
