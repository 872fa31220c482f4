-- The letter that came attached under a note, boiled down like the message's own words.
ALTER TABLE sketches ADD COLUMN letter_minima BLOB NOT NULL DEFAULT x'' CHECK (length(letter_minima) IN (0, 256));
