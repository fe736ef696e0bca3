package io.lstmstreams.cli;

/** What a file of sequences looks like. */
enum FileFormat {
    /** One sequence a line, its events separated by blanks; its id is the line's number from 1. */
    SESSIONS,
    /** One record a line, in order of arrival. */
    JSONL
}
