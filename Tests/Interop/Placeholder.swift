// The folder waits for its first test.
