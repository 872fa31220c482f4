-- What waits to be judged is taken in the order of its receipt.
DROP INDEX messages_pending;
CREATE INDEX messages_pending ON messages (received_at, id) WHERE state = 'received';
