use super::*;

#[test]
fn what_is_written_is_read_back() {
    let message = ClientMessage::Watch { page: Page::Processar, on: true };
    assert_eq!(decode::<ClientMessage>(&encode(&message).unwrap()).unwrap(), message);
}

#[test]
fn unknown_fields_and_bytes_behind_a_message_are_refused() {
    let mut bytes = encode(&ClientMessage::Grant).unwrap();
    bytes.push(0);
    assert!(matches!(decode::<ClientMessage>(&bytes), Err(DecodeError::LeftOver(1))));
}
