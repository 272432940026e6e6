import type { Contact } from "../model/agent.ts";
import { child, childText, type XmlElement } from "./xml-tree.ts";

/** `<PhoneBooks>` of §11 with their contacts embedded. Contacts without a number are left out: nobody can call them. */
export function parsePhoneBooks(element: XmlElement): Contact[] {
  return named(element, "phonebook").flatMap((book) => {
    const contacts = child(book, "contacts");
    return contacts === undefined
      ? []
      : named(contacts, "contact").flatMap((contact) => contactOf(contact, book) ?? []);
  });
}

function contactOf(contact: XmlElement, book: XmlElement): Contact | undefined {
  const number = childText(contact, "phonenumber");
  if (number === undefined) return undefined;
  return {
    firstName: childText(contact, "firstname"),
    lastName: childText(contact, "lastname"),
    number,
    description: childText(contact, "description"),
    book: childText(book, "name") ?? "",
    bookType: childText(book, "type"),
  };
}

function named(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((part) => part.name.toLowerCase() === name);
}
